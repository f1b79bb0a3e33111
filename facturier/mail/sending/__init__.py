"""From an invoice to a sent message: prepare, check, queue, deliver, retry."""
