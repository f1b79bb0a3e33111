"""Keys: each has one meaning, and people can change them."""
