"""Connecting and removing a Google account."""
