"""The themes, and what a colour means in each of them."""
