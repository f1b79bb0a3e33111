"""Where a company file is, and which file systems can hold one."""
