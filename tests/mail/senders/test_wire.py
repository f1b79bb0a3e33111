"""The bytes of a message during DATA."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.mail.senders.smtp import on_the_wire


@pytest.mark.parametrize(
    "bcc",
    [
        b"Bcc: a@b.example\r\n",
        b"BCC : a@b.example\r\n",
        b"bcc: a@b.example,\r\n c@d.example,\r\n\te@f.example\r\n",
        b"Bcc:\r\n a@b.example\r\nBcc: c@d.example\r\n",
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [(b"From: x\r\n", b"Subject: Bcc: me\r\n"), (b"", b"Subject: s\r\n"), (b"Subject: s\r\n", b"")],
)
def test_bcc_is_removed_and_every_other_byte_stays(bcc: bytes, before: bytes, after: bytes) -> None:
    body = b"\r\nBcc: this is the text\r\n =C3=A9  \r\n"
    assert on_the_wire(before + bcc + after + body) == before + after + body


def test_a_message_with_only_bcc_keeps_its_blank_line() -> None:
    assert on_the_wire(b"Bcc: a@b.example\r\n\r\nHello") == b"\r\nHello\r\n"


def test_a_message_without_a_body_ends_with_one_line_end() -> None:
    assert on_the_wire(b"Subject: s") == b"Subject: s\r\n"
    assert on_the_wire(b"Subject: s\r\n\r\n") == b"Subject: s\r\n\r\n"


@given(st.lists(st.sampled_from([b".", b"..", b"\r", b"\n", b"\r\n", b"a", b"Bcc: x", b" "]), max_size=12))
def test_nothing_in_a_message_can_end_it_early(parts: list[bytes]) -> None:
    """There is no bare CR or LF, and no end of data before the last line (RFC 5321, section 4.1.1.4). Without the added
    dots, the message is unchanged."""
    message = b"Subject: s\r\n\r\n" + b"".join(parts)
    wire = on_the_wire(message)
    assert wire.endswith(b"\r\n")
    assert b"\r" not in wire.replace(b"\r\n", b"")
    assert b"\n" not in wire.replace(b"\r\n", b"")
    lines = wire.split(b"\r\n")
    assert b"." not in lines
    undone = b"\n".join(line.removeprefix(b".") for line in lines)
    expected = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert undone == expected.removesuffix(b"\n") + b"\n"
