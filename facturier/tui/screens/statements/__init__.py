"""Statements of account: who owes something, each statement, and sending them."""
