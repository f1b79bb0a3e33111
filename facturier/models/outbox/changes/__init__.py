"""Change the state of deliveries: claims, what a sender answered, and what a person decides."""
