"""Commands for the company file: create, import, export, back up and restore."""
