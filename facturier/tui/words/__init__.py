"""Alerts, the history, dates and amounts in the reader’s words, for screens and commands."""
