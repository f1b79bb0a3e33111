"""Keep secrets out of everything that is stored, logged or shown.

A server can repeat what we sent: a failing token endpoint may return the client secret, and a mail server may echo a
password. So all text from a server goes through `redact` first. Code that starts to use a secret calls `protect`. The
process has one list of secrets, because all of its parts write to the same log.
"""

import json
import logging
import re
import threading
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import a2b_qp
from collections import OrderedDict
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

from facturier.models.text.clean import clean

LONGEST = 500  # characters of a server's text that are kept
_MARK = "…"
_ROOM = 4096  # extra characters that are searched for secrets
_BRIEF = 16  # number of access tokens, codes and sessions to remember; few are in use at a time
_TOKEN = 8  # shorter `brief` values are not secrets; those from servers are longer
_SHORT = 4  # shorter secrets match whole words only, because they occur inside many other words
_MOST_DECODED = 40  # words of a text to decode as base64

# The formats of Google's and age's secrets, for secrets that were not passed to `protect`. Compiled on first use to
# keep start-up fast.
_SUSPICIOUS = (
    r"(?i)GOCSPX-[\w-]{8,}|1//[\w-]{16,}|ya29\.[\w.-]{16,}|4/0[\w-]{16,}|AGE-SECRET-KEY-1[0-9A-Z]+"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"
)
_ESCAPE = r"(?i)\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(.))"
_BESIDE = rf"[\w+/-]*{_MARK}[\w+/={_MARK}-]*"
_CODED = r"[A-Za-z0-9+/_-]{12,}"


class Redactor:
    """Removes known secrets from text, in every encoding in which they may appear."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, ...]] = {}
        self._brief: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._forms: tuple[str, ...] = ()
        self._bare: tuple[str, ...] = ()
        self._told = True  # whether `_forms` and `_bare` are up to date

    def protect(self, *secrets: str | None, brief: bool = False) -> None:
        """Remove these secrets from all text from now on. A `brief` secret is forgotten after _BRIEF newer ones."""
        with self._lock:
            for secret in secrets:
                if not secret or not _squeezed(secret) or secret in self._kept:
                    continue
                if brief and len(secret) < _TOKEN:
                    continue
                if not brief:
                    self._kept[secret] = tuple(_forms(secret))
                elif secret not in self._brief:
                    self._brief[secret] = tuple(_forms(secret))
                    if len(self._brief) > _BRIEF:
                        self._brief.popitem(last=False)
                else:
                    self._brief.move_to_end(secret)
                    continue
                self._told = False

    def _known(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return every form of every secret, longest first, and the secrets themselves.

        They are computed on demand, because several secrets are often added one after another.
        """
        with self._lock:
            if not self._told:
                every = {form for forms in (*self._kept.values(), *self._brief.values()) for form in forms}
                self._forms = tuple(sorted(every, key=len, reverse=True))
                self._bare = tuple({_squeezed(clean(known)) for known in (*self._kept, *self._brief)})
                self._told = True
            return self._forms, self._bare

    def redact(self, text: str, longest: int = LONGEST) -> str:
        """Return the text as one line without secrets, at most `longest` characters long."""
        return self._redacted(clean(text[: longest + _ROOM]), longest, cut=len(text) > longest + _ROOM)

    def redact_lines(self, text: str, longest: int) -> str:
        """Return the text without secrets, like `redact`, but keep its lines."""
        return self._redacted(text[: longest + _ROOM], longest, cut=len(text) > longest + _ROOM)

    def _redacted(self, text: str, longest: int, *, cut: bool) -> str:
        if not text:
            return ""
        forms, known = self._known()
        folded = _squeezed(text)
        for form in forms:
            if form in folded:
                text = _pattern(form).sub(_MARK, text)
                # Also remove adjacent characters: in base64 they still encode part of the secret.
                beside = _BESIDE if len(form) >= _SHORT else _MARK
                text = re.sub(beside, _MARK, text)
        text = re.sub(_SUSPICIOUS, _MARK, text)
        if any(bare in seen for seen in _decoded(text) for bare in known if len(bare) >= _SHORT):
            return _MARK  # an unknown encoding: drop the whole text rather than take the risk
        if cut:  # the cut may have gone through a secret
            text = text[: -max(map(len, forms), default=0) or None]
        return text[:longest]


_in_use = Redactor()


def protect(*secrets: str | None, brief: bool = False) -> None:
    """See Redactor.protect."""
    _in_use.protect(*secrets, brief=brief)


def redact(text: str, longest: int = LONGEST) -> str:
    """See Redactor.redact."""
    return _in_use.redact(text, longest)


class RedactingFormatter(logging.Formatter):
    """A log formatter that removes secrets, because exceptions may contain text from a server."""

    def format(self, record: logging.LogRecord) -> str:
        return _in_use.redact_lines(super().format(record), 20_000)


def _squeezed(text: str) -> str:
    """Return the text in small letters without white space.

    A server may break a line inside a secret or write it in capitals.
    """
    return "".join(text.split()).lower()


def _pattern(form: str) -> re.Pattern[str]:
    body = r"\s*".join(map(re.escape, form))
    if len(form) < _SHORT:
        return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)
    return re.compile(body, re.IGNORECASE)


def _forms(secret: str) -> Iterator[str]:
    """Yield the encodings of a secret, as `_squeezed` returns them."""
    from html import escape

    written = {secret, clean(secret), secret.strip()}
    for text in tuple(written):
        written |= {quote(text, safe=""), quote(text), quote_plus(text), escape(text), repr(text)[1:-1]}
        for ascii_only in (True, False):
            quoted = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            written |= {quoted, quoted.replace("/", "\\/"), json.dumps(quoted, ensure_ascii=ascii_only)[1:-1]}
        written.add(text.encode(errors="replace").hex())
    raw = secret.encode(errors="replace")
    for encode in (b64encode, urlsafe_b64encode):
        whole = encode(raw).decode()
        written |= {whole.rstrip("="), quote(whole, safe="")}
        # Base64 of a longer text that contains the secret, such as `user:password` in Basic authentication: the part
        # that does not depend on the surrounding text.
        for before in range(1, 3):
            inner = encode(b"\0" * before + raw).decode().rstrip("=")[before + 1 :]
            inner = inner[: len(inner) - (1 if (before + len(raw)) % 3 else 0)]
            if len(inner) >= 8:
                written |= {inner, quote(inner, safe="")}
        if len(raw) % 3 and len(whole) > 8:
            written.add(whole.rstrip("=")[:-1])
    yield from {squeezed for one in written if (squeezed := _squeezed(one))}


def _decoded(text: str, *, again: bool = True) -> Iterator[str]:
    """Yield the text decoded as a URL, HTML, JSON, quoted-printable and base64, and each result decoded once more."""
    found = set()
    if "%" in text:
        found.add(unquote(text))
    if "&" in text:
        from html import unescape

        found.add(unescape(text))
    if "\\" in text:
        found.add(re.sub(_ESCAPE, _unescaped, text))
    if "=" in text:
        found.add(a2b_qp(text.encode(errors="replace")).decode(errors="replace"))
    for word in re.findall(_CODED, "".join(text.split()))[:_MOST_DECODED]:
        plain = word.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = plain[start : -1 if (len(plain) - start) % 4 == 1 else None]
            decoded = b64decode(part + "=" * (-len(part) % 4))
            if sum(32 <= byte < 127 for byte in decoded) > len(decoded) / 2:
                found.add(decoded.decode(errors="replace"))
    for one in found - {text}:
        yield _squeezed(one)
        if again:
            yield from _decoded(one, again=False)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else found[3]
