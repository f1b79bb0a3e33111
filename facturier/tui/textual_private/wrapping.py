"""Where the lines of a text end: never at a no-break space."""

import re

import rich._wrap

# Texts break at white space. Rich counts no-break spaces among it, and would end a line with the « of a French quote.
_WORD = re.compile(r"(?:(?![\u00a0\u202f])\s)*(?:\S|[\u00a0\u202f])+(?:(?![\u00a0\u202f])\s)*")
# The same for Textual, whose words have no spaces before them.
_CHUNK = re.compile(r"(?:\S|[\u00a0\u202f])+(?:(?![\u00a0\u202f])\s)*|\s+")


def keep_no_break_spaces() -> None:
    """Make texts wrap at other spaces only."""
    rich._wrap.re_word = _WORD


def keep_no_break_spaces_in_fields() -> None:
    """Make a TextArea wrap its lines at other spaces only. Loads the module that wraps them."""
    import textual._wrap

    textual._wrap.re_chunk = _CHUNK
