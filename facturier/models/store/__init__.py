"""The company file: opening, transactions, schema, backups, damage."""
