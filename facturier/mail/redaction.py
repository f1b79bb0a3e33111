"""Keeps secrets out of what is stored, logged and shown.

A server can repeat what we told it: a token endpoint that fails names the client secret in its error, a mail server
echoes a password. So whatever comes from a server passes `redact` first. Whoever begins to use a secret tells
`protect`; the process has one list, because one log takes what all of its parts write.
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

LONGEST = 500  # characters that are kept of what a server says
_MARK = "…"
_ROOM = 4096  # characters that are looked at beyond those that are kept
_BRIEF = 16  # access tokens, codes and sessions that are remembered; few are in use at a time
_TOKEN = 8  # what a server gives us is longer than that, or is no secret
_SHORT = 4  # a shorter secret is looked for as a word only: it is a part of too many others
_MOST_DECODED = 40  # words of a text that are tried as base64

# What Google's secrets and age's look like, for those that we have not been told yet. Compiled when first used: the
# program starts without it.
_SUSPICIOUS = (
    r"(?i)GOCSPX-[\w-]{8,}|1//[\w-]{16,}|ya29\.[\w.-]{16,}|4/0[\w-]{16,}|AGE-SECRET-KEY-1[0-9A-Z]+"
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"
)
_ESCAPE = r"(?i)\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(.))"
_BESIDE = rf"[\w+/-]*{_MARK}[\w+/={_MARK}-]*"
_CODED = r"[A-Za-z0-9+/_-]{12,}"


class Redactor:
    """Knows the secrets in use, in every form in which they may come back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, ...]] = {}
        self._brief: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._forms: tuple[str, ...] = ()
        self._bare: tuple[str, ...] = ()
        self._told = True  # whether these two hold all secrets

    def protect(self, *secrets: str | None, brief: bool = False) -> None:
        """Never let these out from now on; `brief` ones are forgotten after some others."""
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
        """Every form of every secret, the longest first, and the secrets themselves; put together when they are first
        looked for: several are often told one after the other."""
        with self._lock:
            if not self._told:
                every = {form for forms in (*self._kept.values(), *self._brief.values()) for form in forms}
                self._forms = tuple(sorted(every, key=len, reverse=True))
                self._bare = tuple({_squeezed(clean(known)) for known in (*self._kept, *self._brief)})
                self._told = True
            return self._forms, self._bare

    def redact(self, text: str, longest: int = LONGEST) -> str:
        """One line, without any secret, of at most so many characters."""
        return self._redacted(clean(text[: longest + _ROOM]), longest, cut=len(text) > longest + _ROOM)

    def redact_lines(self, text: str, longest: int) -> str:
        """As `redact`, with the lines of the text."""
        return self._redacted(text[: longest + _ROOM], longest, cut=len(text) > longest + _ROOM)

    def _redacted(self, text: str, longest: int, *, cut: bool) -> str:
        if not text:
            return ""
        forms, known = self._known()
        folded = _squeezed(text)
        for form in forms:
            if form in folded:
                text = _pattern(form).sub(_MARK, text)
                # With what stands right beside it: in base64 that still holds a part of the secret.
                beside = _BESIDE if len(form) >= _SHORT else _MARK
                text = re.sub(beside, _MARK, text)
        text = re.sub(_SUSPICIOUS, _MARK, text)
        if any(bare in seen for seen in _decoded(text) for bare in known if len(bare) >= _SHORT):
            return _MARK  # spelled in yet another way: nothing of it is worth the risk
        if cut:  # half a secret may stand where it was cut
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
    """For the log: what an exception says may be what a server said."""

    def format(self, record: logging.LogRecord) -> str:
        return _in_use.redact_lines(super().format(record), 20_000)


def _squeezed(text: str) -> str:
    """Without spaces and cases: a server may break a line inside a secret, or write it in capitals."""
    return "".join(text.split()).lower()


def _pattern(form: str) -> re.Pattern[str]:
    body = r"\s*".join(map(re.escape, form))
    if len(form) < _SHORT:
        return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)
    return re.compile(body, re.IGNORECASE)


def _forms(secret: str) -> Iterator[str]:
    """How a secret may be written, as `_squeezed` leaves it."""
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
        # Inside something longer, as `user:password` in Basic: what does not depend on what stands around it.
        for before in range(1, 3):
            inner = encode(b"\0" * before + raw).decode().rstrip("=")[before + 1 :]
            inner = inner[: len(inner) - (1 if (before + len(raw)) % 3 else 0)]
            if len(inner) >= 8:
                written |= {inner, quote(inner, safe="")}
        if len(raw) % 3 and len(whole) > 8:
            written.add(whole.rstrip("=")[:-1])
    yield from {squeezed for one in written if (squeezed := _squeezed(one))}


def _decoded(text: str, *, again: bool = True) -> Iterator[str]:
    """What a text says once it is read as a URL, as HTML, as JSON, as quoted-printable and as base64; twice over."""
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
