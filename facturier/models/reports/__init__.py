"""Figures for a period: what is owed, what was sold, what was paid, and the taxes that were collected."""
