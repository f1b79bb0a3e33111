"""What the company knows: the store and its rules. No network, no screen."""
