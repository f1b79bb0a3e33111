"""What the list shows: filters, search, views and their order."""
