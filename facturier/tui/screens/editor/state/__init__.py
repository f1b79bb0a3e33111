"""The state of the draft: saved automatically, and kept for undo."""
