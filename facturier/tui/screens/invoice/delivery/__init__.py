"""What was sent: the message, and deliveries in doubt."""
