"""The ways to send a message: Gmail, SMTP, a folder."""
