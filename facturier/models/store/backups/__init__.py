"""Back up a company file, check backups and restore them."""
