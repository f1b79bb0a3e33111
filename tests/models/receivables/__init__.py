"""Tests of what customers paid."""
