"""One running window: the company that is open in it, what goes on behind its screens, and how it ends."""
