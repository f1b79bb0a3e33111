"""Commands for what customers pay and owe."""
