"""What people type, made into values, and values made into text."""
