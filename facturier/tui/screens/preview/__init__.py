"""The preview of a message before it is sent."""
