"""Damaged values, strings that have broken other programs, and random keys."""
