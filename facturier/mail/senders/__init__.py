"""Senders: Gmail, SMTP, a folder, and which of them a company has."""
