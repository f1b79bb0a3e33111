"""Send an invoice: prepare, check and queue the message, deliver it, and try again."""
