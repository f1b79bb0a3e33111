"""Faults, shortage, lost files and processes that are killed."""
