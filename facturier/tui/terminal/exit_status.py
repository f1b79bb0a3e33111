"""The exit status of a command and of the screens."""

DONE, REFUSED, WRONG_USAGE = 0, 1, 2
