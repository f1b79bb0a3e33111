"""Parse and format days, times and terms."""
