"""Commands for the program itself: its state, keys and shell completion."""
