"""Payments and credits on an invoice: record, apply, remove."""
