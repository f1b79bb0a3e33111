"""Which invoices a customer is reminded of, and when."""
