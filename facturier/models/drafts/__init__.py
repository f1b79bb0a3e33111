"""Write drafts: of invoices, from JSON, and of credit notes."""
