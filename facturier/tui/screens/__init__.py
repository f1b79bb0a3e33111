"""The screens, one folder per screen."""
