"""Secrets and members: who may send, and how that is proved."""
