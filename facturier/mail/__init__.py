"""How an invoice becomes a message and is sent."""
