"""Replacements for characters that the terminal's encoding lacks, as in a Latin-1 or ASCII locale.

On a screen, the replacement must have the same width, or the rest of the line would shift. Commands write lines for
people and pipes: there, a letter in a name or address becomes its code point, so that two different names never look
the same.
"""

import codecs
import sys
import unicodedata

IN_CELLS = "facturier.cells"
IN_LINES = "facturier.lines"

# Each value lists candidates, one cell each; the first that the encoding has is used.
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
# Lines have room for longer replacements. Letters are written as code points.
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
# used as a whole, not as a list of candidates
_WHOLE = {"...", "->", "<-", ">=", "<=", "EUR", "GBP", "JPY", "1/2", "+/-"}


def register() -> None:
    """Register both error handlers, for use as the `errors` of a stream."""
    codecs.register_error(IN_CELLS, _in_cells)
    codecs.register_error(IN_LINES, _in_lines)


def can_show(text: str) -> bool:
    """Return whether the terminal's encoding has all characters of `text`."""
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
