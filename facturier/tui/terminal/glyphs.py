"""Replacements for characters that the terminal cannot show.

There are two reasons. The terminal's encoding may lack a character, as in a Latin-1 or ASCII locale: see `register`. Or
its font may have letters only, as on the Linux console or a VT100: then symbols become ASCII, and letters stay: see
`choose_glyphs`.

On a screen, the replacement must have the same width, or the rest of the line would shift. Commands write lines for
people and pipes: there, a letter in a name or address becomes its code point, so that two different names never look
the same.
"""

import codecs
import os
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
    **dict.fromkeys("•·", "·*"),
    **dict.fromkeys("●◆■", "*"),
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
    "⊖": "-",
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
    "▓": "=",
    "▁": "_",
    "▂": "_",
    "▃": "_",
    "▔": "-",
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


_PLAIN_TERMS = ("linux", "vt", "dumb", "ansi", "cons", "con80", "sun", "wyse")


class _Plain(dict[int, str]):
    """A table for `str.translate` that fills itself: symbols become ASCII, letters and currency signs stay."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kept = code <= 0xFF or unicodedata.category(letter)[0] in "LMN" or unicodedata.category(letter) in ("Sc", "Cf")
        self[code] = letter if kept else _cells(letter, "ascii")
        return self[code]


_plain = _Plain()
_only_plain = False


def choose_glyphs(preferred: str = "") -> None:
    """Choose the symbols for the screens: FACTURIER_GLYPHS, else the person's preference (each `unicode` or `ascii`),
    else by TERM: consoles and old terminals have letters, but few symbols."""
    global _only_plain
    chosen = os.environ.get("FACTURIER_GLYPHS") or preferred
    _only_plain = chosen == "ascii" or (
        chosen != "unicode" and os.environ.get("TERM", "").lower().startswith(_PLAIN_TERMS)
    )


def only_plain() -> bool:
    """Return whether symbols are shown as ASCII."""
    return _only_plain or not _has(_encoding(), "⏎")


def plain(text: str) -> str:
    """Return the text with ASCII instead of symbols, cell for cell."""
    return text.translate(_plain)


def shown(text: str) -> str:
    """Return the text as the screens show it, cell for cell. Control sequences are ASCII and do not change."""
    return text.translate(_plain) if _only_plain else text


def can_show(text: str) -> bool:
    """Return whether the terminal can show all characters of `text`."""
    return shown(text) == text and _has(_encoding(), text)


def _encoding() -> str:
    return getattr(sys.__stderr__, "encoding", None) or "utf-8"


def locale_encoding(standard: str) -> str:
    """Return the encoding of the terminal: the one in the name of the locale, such as fr_CA.ISO-8859-1, else
    `standard`, Python's own choice. Python ignores a locale that is not installed, and uses UTF-8 for C and POSIX,
    which mean ASCII (PEP 538, PEP 540). PYTHONIOENCODING and PYTHONUTF8 take precedence."""
    if os.environ.get("PYTHONIOENCODING") or os.environ.get("PYTHONUTF8"):
        return standard
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if locale == "C.UTF-8" and not os.environ.get("LC_ALL"):  # Python itself may have set LC_CTYPE
        locale = os.environ.get("LANG") or locale
    if locale in ("C", "POSIX"):
        return "ascii"
    name = locale.partition(".")[2].partition("@")[0]
    try:
        return codecs.lookup(name).name if name else standard
    except LookupError:
        return standard


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
