"""Sign in with Google and use its servers."""
