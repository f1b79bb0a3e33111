"""Import customers and items from files of other programs: readers, plan, and the one transaction that writes it."""
