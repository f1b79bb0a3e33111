"""Customers, items, invoices, payments, history and alerts."""
