"""Changes to the company file, one numbered script per change.

Plain SQL: a migration fixes the exact contents of the files from then on, however the models change.
"""
