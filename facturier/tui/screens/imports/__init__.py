"""Importing customers and items: the file, its columns, and what would become of each row."""
