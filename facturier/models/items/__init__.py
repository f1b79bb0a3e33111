"""Items: find, save, and their rates by currency."""
