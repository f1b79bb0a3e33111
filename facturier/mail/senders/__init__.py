"""The senders: Gmail, SMTP and a folder, and which of them a company has."""
