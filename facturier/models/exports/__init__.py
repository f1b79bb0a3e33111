"""What goes out of a company: lists as CSV or JSON, and the whole company as JSON."""
