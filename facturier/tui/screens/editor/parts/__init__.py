"""The parts of the screen around the lines: the head and the totals."""
