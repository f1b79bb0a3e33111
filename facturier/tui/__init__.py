"""What the bookkeeper sees: the screens and the command line."""
