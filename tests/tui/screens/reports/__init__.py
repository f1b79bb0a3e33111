"""Tests of the screens of the reports."""
