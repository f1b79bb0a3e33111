"""All payments."""
