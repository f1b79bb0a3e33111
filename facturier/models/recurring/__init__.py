"""Recurring invoices: their schedules, and the periods that were invoiced."""
