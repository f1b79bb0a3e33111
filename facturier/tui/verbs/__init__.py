"""The verbs of the command line, one file each: `add` its arguments, `run` it and return the exit status."""
