"""Account and settings."""
