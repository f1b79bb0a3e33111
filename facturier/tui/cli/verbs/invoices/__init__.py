"""Commands for drafts, invoices and credit notes."""
