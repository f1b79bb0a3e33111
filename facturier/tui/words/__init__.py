"""Alerts and the history in the reader’s words, for screens and commands."""
