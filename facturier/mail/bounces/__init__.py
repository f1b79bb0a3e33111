"""Bounces: reading them, and finding the delivery they belong to."""
