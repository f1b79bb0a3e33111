"""Find errors and warnings in a message before it is sent."""
