"""One command per file, under the name that people type."""
