"""Commands for the connection to Google, the outbox, and what becomes of each email."""
