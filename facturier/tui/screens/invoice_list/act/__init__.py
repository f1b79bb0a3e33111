"""What is done with the invoices of the list. Each module is imported when its key is pressed."""
