"""The parts of the screen: the head, the message and the PDF, and the findings."""
