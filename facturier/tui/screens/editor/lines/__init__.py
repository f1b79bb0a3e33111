"""The lines of an invoice while they are edited."""
