"""What changed in the company file, one numbered script a change, in the order in which they run."""
