"""One invoice: what was sent, payments, history."""
