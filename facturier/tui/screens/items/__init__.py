"""Items: the list, and the form that creates and changes one."""
