"""Parse text that people type into values, and format values as text."""
