"""Signing in with Google, and talking to its servers."""
