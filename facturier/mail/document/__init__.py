"""The PDF of an invoice."""
