"""A stored picture of every screen. docs/development/testing.md says how to look at what differs, and accept it."""
