"""The outbox, and sending several invoices at once."""
