"""The terminal: its driver, signals, encoding, keys typed ahead and pastes."""
