"""Give invoices their numbers, issue them by hand, and delete drafts that reserve a number."""
