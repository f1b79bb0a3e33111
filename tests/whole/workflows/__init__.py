"""What a person does from beginning to end, in one window or two."""
