"""The parts of the screen that connects a Google account."""
