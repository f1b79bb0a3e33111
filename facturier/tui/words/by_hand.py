"""In words how an invoice reached the customer without email."""

from facturier.models.books.status import ByHand
from facturier.models.text.i18n import N_, _

_WORDS: dict[str, str] = {
    ByHand.PAPER: N_("on paper"),
    ByHand.PORTAL: N_("through a portal"),
    ByHand.OTHER: N_("in another way"),
}


def by_hand_words(how: str) -> str:
    """Return the words. A way that this version does not know is shown unchanged."""
    return _(_WORDS[how]) if how in _WORDS else how
