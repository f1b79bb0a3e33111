"""What changed in the company file, one numbered script per change.

Plain SQL: a migration says to the letter what is in the files from then on, whatever the models become.
"""
