"""Commands for the people who may send for the company, and their keys."""
