"""Quitting or switching companies with work that is not saved."""
