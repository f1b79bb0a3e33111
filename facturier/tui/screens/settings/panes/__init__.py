"""What sections show below their entries."""
