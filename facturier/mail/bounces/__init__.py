"""Read bounces and find the deliveries that they belong to."""
