"""Maximum lengths of texts. A longer text gets an error at its field before it reaches the store."""

from facturier.models.errors import InputError
from facturier.models.text.i18n import _

NAME = 200  # characters in a name, a reference or a code
LINE = 1_000  # any other single line, such as a path or a subject
ADDRESSES = 40_000  # 500 recipients with names
TEXT = 10_000  # a description, a postal address or a message: about four pages
LETTER = 50_000
LINES = 2_000  # in one invoice
CONTACTS = 100  # of one customer
QUERY = 500
WORDS = 40  # in one search


def check_length(text: str, most: int) -> None:
    """Raises InputError if a text has more than `most` characters."""
    if len(text) > most:
        raise _too_long(text, most)


def check_lengths(*fields: tuple[str, str, int]) -> None:
    """Check several fields, each given as its label in English, its text and its maximum number of characters.

    Raises InputError that names the first field that is too long.
    """
    for label, text, most in fields:
        if len(text) > most:
            raise InputError(_("{field}: {problem}").format(field=_(label), problem=_too_long(text, most)))


def _too_long(text: str, most: int) -> InputError:
    return InputError(
        _("This is too long: {count} characters; at most {most} are allowed.").format(count=len(text), most=most)
    )
