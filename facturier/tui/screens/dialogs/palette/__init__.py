"""The command palette: its commands, and other words that find them."""
