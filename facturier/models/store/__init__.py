"""The company file: opening, transactions, tables and damage."""
