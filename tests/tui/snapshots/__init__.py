"""A stored picture of every screen. docs/development/testing.md says how to view and accept differences."""
