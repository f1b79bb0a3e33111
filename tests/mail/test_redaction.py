"""Secrets that a server repeats are not stored, logged or shown, in any encoding."""

import base64
import html
import json
import logging
import sys
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from facturier.mail.redaction import LONGEST, RedactingFormatter, Redactor, protect

CLIENT_SECRET = "GOCSPX-aB3/x_y+z=9"
PASSWORD = 'hunter "2" & é'
SECRETS = [CLIENT_SECRET, "1//0gabc-DEF_ghi", "ya29.a0AfB_byC-12345678", PASSWORD, "s3cr3t", "abcd efgh ijkl mnop"]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "quoted for a URL": lambda text: quote(text, safe=""),
    "quoted for a path": quote,
    "quoted for a form": quote_plus,
    "in lower-case hex": lambda text: quote(text, safe="").lower(),
    "every letter quoted": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
    "JSON": json.dumps,
    "JSON with letters": lambda text: json.dumps(text, ensure_ascii=False),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"error": text})),
    "JSON with slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON of codes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "Python": repr,
    "HTML": html.escape,
    "HTML of codes": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "base64": b64,
    "base64 for a URL": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 without end": lambda text: b64(text).rstrip("="),
    "base64 of a pair": lambda text: b64(f"someone:{text}"),
    "base64 of a longer pair": lambda text: b64(f"someone@:{text}"),
    "base64 inside": lambda text: b64(f"user=x&secret={text}&more=y"),
    "AUTH PLAIN": lambda text: b64(f"\0marie\0{text}"),
    "base64 in a URL": lambda text: quote(b64(f"someone:{text}"), safe=""),
    "base64 of base64": lambda text: b64(b64(f"someone:{text}")),
    "hex": lambda text: text.encode().hex(),
    "over several lines": lambda text: "\r\n ".join(text[at : at + 5] for at in range(0, len(text), 5)),
    "base64 over several lines": lambda text: "\r\n".join(
        b64(f"marie:{text}")[at : at + 7] for at in range(0, 200, 7) if b64(f"marie:{text}")[at : at + 7]
    ),
    "with what nobody sees": lambda text: "\u200b".join(text),
    "twice": lambda text: text + text,
}


def traces(secret: str, text: str) -> bool:
    """Return whether a text contains a readable part of a secret: six characters of it or of its base64."""
    told = text.lower()
    plain = [secret, quote(secret, safe=""), html.escape(secret)]
    coded = [base64.b64encode(b"\0" * before + secret.encode()).decode()[before + 1 : -3] for before in range(3)]
    return any(one[at : at + 6].lower() in told for one in plain + coded for at in range(max(1, len(one) - 5)) if one)


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("secret", SECRETS)
def test_no_encoding_reveals_a_secret(secret: str, spelling: Callable[[str], str]) -> None:
    redactor = Redactor()
    redactor.protect(*SECRETS)
    said = redactor.redact(f"535 5.7.8 You said {spelling(secret)}, which is wrong.")
    assert not traces(secret, said)
    assert "…" in said


def test_the_rest_of_the_servers_text_stays() -> None:
    redactor = Redactor()
    redactor.protect(*SECRETS)
    for said in (
        "550 5.1.1 The email account that you tried to reach does not exist. https://support.google.com/mail/?p=NoSuch",
        "403 Delegation denied for billing@acme.example",
        "invalid_grant: Token has been expired or revoked.",
        "Tunnel failed %41 &amp; \\u0041 =41",
    ):
        assert redactor.redact(said) == said


def test_a_short_secret_is_redacted_only_as_a_word() -> None:
    redactor = Redactor()
    redactor.protect("a", "", None)
    assert redactor.redact("what a shame") == "what … shame"


def test_text_that_looks_like_a_secret_is_redacted() -> None:
    """The token endpoint may send a secret that we do not know yet."""
    redactor = Redactor()
    said = redactor.redact("got GOCSPX-0123456789abcd, 1//0gNewNewNewNewNewNew and ya29.a0NewNewNewNewNew here")
    assert said == "got …, … and … here"


@pytest.mark.parametrize("before", range(480, 520))
def test_cutting_leaves_no_partial_secret(before: int) -> None:
    redactor = Redactor()
    redactor.protect(CLIENT_SECRET)
    said = redactor.redact("x" * before + " " + CLIENT_SECRET + " y" * 5000)
    assert len(said) <= LONGEST
    assert "GOCS" not in said


@pytest.mark.parametrize("before", range(4560, 4600))
def test_text_beyond_the_checked_part_is_dropped(before: int) -> None:
    redactor = Redactor()
    redactor.protect(CLIENT_SECRET, "abcdefgh")
    said = redactor.redact(("abcdefgh " * 1000)[:before] + CLIENT_SECRET + "z" * 5000)
    assert "GOCS" not in said


def test_passing_secrets_are_remembered_for_a_while_and_others_permanently() -> None:
    redactor = Redactor()
    redactor.protect(CLIENT_SECRET)
    for number in range(200):
        redactor.protect(f"session-{number:04}-secret", brief=True)
    assert redactor.redact(f"{CLIENT_SECRET} session-0199-secret session-0000-secret") == "… … session-0000-secret"


def test_redacting_is_fast() -> None:
    redactor = Redactor()
    redactor.protect(*SECRETS)
    started = time.process_time()
    for _ in range(100):
        redactor.redact("250 2.0.0 Ok: queued as 4F0A2B 1732712345 d2e1a72fcca58-724de4 - gsmtp")
    assert time.process_time() - started < 0.2  # 2 ms each on a slow machine; usually a tenth of that


def test_the_log_contains_no_secret() -> None:
    protect(CLIENT_SECRET)
    try:
        raise ValueError(f"bad answer: {quote(CLIENT_SECRET, safe='')}")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", 40, "f", 1, "it said %s", (CLIENT_SECRET,), exc_info=sys.exc_info()
        )
    told = RedactingFormatter("%(message)s").format(record)
    assert "GOCSPX" not in told
    assert "it said …\nTraceback" in told
