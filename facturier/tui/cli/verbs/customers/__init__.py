"""Commands for customers."""
