"""Reminders due today: the invoices that should get a reminder, and the email that each would get."""
