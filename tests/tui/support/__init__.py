"""What the tests of the screens share: a sample company, keys, the text on the screen."""
