"""The demo company and its Google simulator."""
