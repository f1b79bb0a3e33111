"""The files that are sent with an invoice."""
