"""One running window: the company that is open in it, its background work, and how it ends."""
