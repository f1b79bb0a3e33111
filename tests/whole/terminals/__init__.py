"""Terminals of every kind, pastes, and a terminal that is gone."""
