"""Opening, switching and creating companies."""
