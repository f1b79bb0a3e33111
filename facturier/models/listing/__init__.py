"""The list of invoices: filters, sorting, pages and totals."""
