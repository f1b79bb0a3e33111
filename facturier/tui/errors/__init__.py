"""Errors on the screen and on the command line: what a person reads, and what goes to the log."""
