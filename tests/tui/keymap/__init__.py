"""Keys: one meaning for each, and how people change them."""
