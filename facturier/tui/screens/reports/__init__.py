"""The reports: their menu, one report as a table, and the documents behind a figure."""
