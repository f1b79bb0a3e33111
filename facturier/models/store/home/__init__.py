"""Where a company file lives, and which file systems can keep one."""
