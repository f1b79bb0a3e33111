"""The list of estimates."""
