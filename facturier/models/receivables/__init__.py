"""What customers paid: payments for several invoices, their allocation, credit, and write-offs."""
