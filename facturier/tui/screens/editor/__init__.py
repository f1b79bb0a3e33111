"""The editor of a draft."""
