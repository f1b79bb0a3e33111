"""Facturier: keep invoices in the terminal and send them from the company's own Gmail address."""
