"""Record and remove payments, apply credit notes, and void invoices."""
