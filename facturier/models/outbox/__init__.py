"""Deliveries: their states, the queue, claims, pauses and proof."""
