"""The command line: what every command is given. The commands themselves are in `verbs`."""
