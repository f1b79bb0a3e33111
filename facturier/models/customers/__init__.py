"""Change, merge, archive and delete customers, and list them with their figures."""
