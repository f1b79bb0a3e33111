"""Export a list into a file."""
