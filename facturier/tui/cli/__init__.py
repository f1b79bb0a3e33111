"""The command line: what every command is given, and the list of commands. The commands themselves are in `verbs`."""
