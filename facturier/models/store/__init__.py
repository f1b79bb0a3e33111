"""The company file: opening, transactions, schema, backups and damage."""
