"""A stored picture of every screen. docs/development/testing.md says how to look at a difference, and how to accept it."""
