"""A company’s settings and tax rates."""
