"""Actions on a whole company: settings, connection, access, restore, and the list of recent companies."""
