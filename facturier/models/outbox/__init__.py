"""Deliveries: the queue, the schedule, pauses and proof. `changes` changes their state."""
