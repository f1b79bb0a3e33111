"""The email of an invoice, as text and as HTML."""
