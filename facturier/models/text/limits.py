"""How long texts may be. Longer ones are refused with a sentence at their field, before the store sees them."""

from facturier.models.errors import InputError
from facturier.models.text.i18n import _

NAME = 200  # letters of a name, a reference, a code
LINE = 1_000  # any other line: a path, a subject
ADDRESSES = 40_000  # 500 recipients with their names
TEXT = 10_000  # a description, a postal address, a message: some four pages
LETTER = 50_000
LINES = 2_000  # of one invoice
QUERY = 500
WORDS = 40  # of one search


def check_length(text: str, most: int) -> None:
    """Raises InputError for a text of more than `most` letters."""
    if len(text) > most:
        raise InputError(
            _("This is too long: {count} characters, and {most} at most.").format(count=len(text), most=most)
        )


def check_lengths(*fields: tuple[str, str, int]) -> None:
    """Each is a field's label in English, its text and the most letters of it. Raises InputError that names the first
    field that is too long."""
    for label, text, most in fields:
        try:
            check_length(text, most)
        except InputError as error:
            raise InputError(_("{field}: {problem}").format(field=_(label), problem=error)) from None
