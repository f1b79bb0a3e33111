"""The terminal: driver, signals, encoding, type-ahead and paste, and how the program was started and ends."""
