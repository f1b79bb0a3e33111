"""What stands for a character that the terminal's encoding does not have, as in a Latin-1 or ASCII locale.

On the screens a character keeps its width, or all that follows it on the line would be in the wrong column. The verbs
write lines for people and pipes: a letter of a name or an address is written as its number there, so that no two of
them look the same.
"""

import codecs
import sys
import unicodedata

IN_CELLS = "facturier.cells"
IN_LINES = "facturier.lines"

# The first one that the encoding has. One character for one cell.
_CELLS = {
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("«»", '"'),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›→▶►▸", ">"),
    **dict.fromkeys("←↩◀◂↵⏎", "<"),
    **dict.fromkeys("↑▲▴", "^"),
    **dict.fromkeys("↓▼▾", "v"),
    **dict.fromkeys("–—―−‐‑‒", "-"),
    **dict.fromkeys("•·●◆■", "·*"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f", " "),
    **dict.fromkeys("○◯□", "o"),
    **dict.fromkeys("◐◑◒◓", "%"),
    **dict.fromkeys("─━┄┅┈┉╌╍═╴╶╸╺╼╾", "-"),
    **dict.fromkeys("│┃┆┇┊┋╎╏║╵╷╹╻╽╿", "¦|"),
    **dict.fromkeys("▌▐▍▎▏▕▊▋▉", "|"),
    "…": ".",
    "✓": "v",
    "✔": "v",
    "✗": "×x",
    "✘": "×x",
    "⚠": "!",
    "⊘": "ø/",
    "↻": "~",
    "◷": "@",
    "␣": "_",
    "≥": ">",
    "≤": "<",
    "≠": "#",
    "×": "x",
    "÷": "/",
    "€": "E",
    "£": "L",
    "¥": "Y",
    "©": "c",
    "®": "r",
    "°": "o",
    "§": "S",
    "±": "~",
    "½": "~",
    "œ": "o",
    "Œ": "O",
    "æ": "a",
    "Æ": "A",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ß": "s",
    "▀": '"',
    "▄": "_",
    "░": ".",
    "▒": ":",
}
# In lines there is room for more, and letters are left to their numbers.
_LINES = {
    **{found: text for found, text in _CELLS.items() if not found.isalpha()},
    "…": "...",
    "→": "->",
    "←": "<-",
    "≥": ">=",
    "≤": "<=",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "½": "1/2",
    "±": "+/-",
}
_WHOLE = {"...", "->", "<-", ">=", "<=", "EUR", "GBP", "JPY", "1/2", "+/-"}  # not a choice of characters


def register() -> None:
    """Make both known as `errors` of a stream."""
    codecs.register_error(IN_CELLS, _in_cells)
    codecs.register_error(IN_LINES, _in_lines)


def can_show(text: str) -> bool:
    """Whether the terminal's encoding has all of these characters."""
    return _has(getattr(sys.__stderr__, "encoding", None) or "utf-8", text)


def _in_cells(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_cells(letter, error.encoding) for letter in lacking), error.end


def _in_lines(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_line(letter, error.encoding) for letter in lacking), error.end


def _cells(letter: str, encoding: str) -> str:
    from rich.cells import cell_len

    width = cell_len(letter)
    base = unicodedata.normalize("NFD", letter)[0]
    code = ord(letter)
    choices = _CELLS.get(letter, "") + base
    if 0x2500 <= code < 0x2580:  # box drawing that is neither - nor |
        choices += "+"
    elif 0x2580 <= code < 0x25A0:  # block elements
        choices += "#"
    found = next((choice for choice in choices if _has(encoding, choice)), "?")
    return found.ljust(width)[:width] if found != "?" else "?" * width


def _line(letter: str, encoding: str) -> str:
    text = _LINES.get(letter, "")
    if text in _WHOLE:
        return text
    if 0x2500 <= ord(letter) < 0x25A0 or text:
        return _cells(letter, encoding)
    return letter.encode("ascii", "backslashreplace").decode()


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
