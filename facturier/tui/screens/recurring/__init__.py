"""The list of recurring invoices."""
