"""Secrets and members: who may send, and what proves it."""
