"""What a person sees: the screens and the command line."""
