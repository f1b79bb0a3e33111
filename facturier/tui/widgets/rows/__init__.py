"""A list of rows that stays fast at any length."""
