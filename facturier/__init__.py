"""Facturier: keep invoices in the terminal and send them from the company's own Gmail address."""

__version__ = "0.1.0"  # the package's version comes from here
