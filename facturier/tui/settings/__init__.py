"""What Account and settings offers: sections, and in each the entries that a person fills in."""
