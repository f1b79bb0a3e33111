"""Find where a bounce's own text ends and the copy of the original message begins.

The headers themselves are the only reliable sign, because each mail server puts a different line above them, or none.
"""

import re

_HEADER = re.compile(r"[>|\s]{0,20}([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,3}:")
# Headers that only a real message has. A bounce's own text may contain `To:` and `Subject:` too.
_REAL = {"message-id", "received", "return-path", "mime-version", "from", "x-facturier-delivery", "dkim-signature"}
_USUAL = _REAL | {"to", "cc", "subject", "date", "sender", "reply-to", "content-type", "x-mailer", "user-agent"}
_REPORT = {"final-recipient", "original-recipient", "reporting-mta", "diagnostic-code", "action"}  # RFC 3464
_FEWEST = 3


def split_copy(text: str) -> tuple[str, str]:
    """Return the text before the copy of the original, and the headers of the copy, empty if there is no copy."""
    lines = text.split("\n")
    start = 0
    while start < len(lines):
        end, names = _block(lines, start)
        if names & _REAL and len(names & _USUAL) >= _FEWEST and not names & _REPORT:
            return "\n".join(lines[:start]), "\n".join(lines[start : _end(lines, end)])
        start = max(end, start + 1)
    return text, ""


def _block(lines: list[str], start: int) -> tuple[int, set[str]]:
    """Return the end of the header block that starts at a line, and the names of its headers in small letters."""
    names: set[str] = set()
    end = start
    while end < len(lines):
        found = _HEADER.match(lines[end])
        if found:
            names.add(found[1].lower())
        elif not (names and lines[end][:1] in (" ", "\t") and lines[end].strip()):
            break
        end += 1
    return end, names


def _end(lines: list[str], end: int) -> int:
    """Return the end of the headers, including further blocks that follow after blank lines."""
    while True:
        after = end
        while after < len(lines) and not lines[after].strip():
            after += 1
        further, names = _block(lines, after)
        if after == end or not names & _USUAL:
            return end
        end = further
