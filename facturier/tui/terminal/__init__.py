"""The terminal: driver, signals, encoding, type-ahead and paste."""
