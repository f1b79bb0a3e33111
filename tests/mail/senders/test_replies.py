"""How SMTP replies are interpreted, code by code."""

import pytest

from facturier.mail.errors import NotNow, Refused, SendError, Unreachable
from facturier.mail.senders.smtp_session import accepted, verdict, words


@pytest.mark.parametrize(("code", "taken"), [(199, False), (200, True), (250, True), (299, True), (300, False)])
def test_replies_that_are_acceptances(code: int, taken: bool) -> None:
    assert accepted((code, b"")) is taken


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, Unreachable),
        (354, Unreachable),
        (399, Unreachable),
        (400, NotNow),
        (499, NotNow),
        (500, Refused),
        (599, Refused),
        (600, Unreachable),
    ],
)
def test_replies_that_defer_refuse_or_are_not_smtp(code: int, kind: type[SendError]) -> None:
    found = verdict((code, b"4.2.0 so"), "No.", todo="Look.")
    assert type(found) is kind
    assert found.happened == f"No. The mail server answered: “{code} 4.2.0 so”."
    assert found.reply == f"{code} 4.2.0 so"
    assert found.kept == ("" if kind is NotNow else "Nothing was sent.")
    assert found.todo == ("" if kind is NotNow else "Look.")


@pytest.mark.parametrize(
    ("code", "asked", "whole"), [(450, False, False), (450, True, True), (421, False, True), (420, False, False)]
)
def test_replies_that_pause_the_whole_sender(code: int, asked: bool, whole: bool) -> None:
    found = verdict((code, b"x"), "No.", whole_sender=asked)
    assert isinstance(found, NotNow)
    assert found.whole_sender is whole


def test_a_reply_is_shortened_to_one_line() -> None:
    assert len(words((250, b"x" * 600))) == 500
    assert words((550, b"caf\xe9")) == "550 caf\ufffd"
