"""What concerns a whole company: saving settings, connection, access, restoring, recent companies."""
