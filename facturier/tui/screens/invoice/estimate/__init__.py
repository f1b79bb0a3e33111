"""What is done with an estimate, from its own screen and from the list of estimates."""
