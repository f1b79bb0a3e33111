"""Other keys than the default ones: presets and a file of the person."""
