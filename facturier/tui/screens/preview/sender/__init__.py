"""The sender: choose one, and connect, share or remove one."""
