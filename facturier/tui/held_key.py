"""A key that is held down, or pressed twice, is no answer to what it opened."""

from time import monotonic

PATIENCE = 0.7  # seconds for which a key may still be the one that led here; keyboards repeat after half a second or so
_REPEAT = 0.2  # seconds within which a key that is held comes again, over a slow line as well


class HeldKey:
    """Begins when the person can see what the key would answer."""

    def __init__(self) -> None:
        self._until = monotonic() + PATIENCE

    def may_be(self) -> bool:
        """Whether the key that has just come may be the one that led here."""
        now = monotonic()
        if now >= self._until:
            return False
        self._until = max(self._until, now + _REPEAT)
        return True
