"""The parts of the screen around the rows, and their columns."""
