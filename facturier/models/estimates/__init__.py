"""Estimates: what the customer answered, the invoices made from them, and their list."""
