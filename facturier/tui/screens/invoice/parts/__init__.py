"""The parts of the screen: the invoice and its history."""
