"""What changed in the company file, one numbered script per change."""
