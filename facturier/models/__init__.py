"""What a company knows and keeps: Peewee on SQLite. No network, no screen."""
