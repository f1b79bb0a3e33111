"""Encoded words in headers (RFC 2047): decoded if possible, otherwise unchanged."""

import pytest

from facturier.mail.message import decoded, mailbox, read_fields


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("=?utf-8?q?Facture_n=C2=BA_7?=", "Facture nº 7"),
        ("=?utf-8?b?w6k=?= =?utf-8?b?w6k=?= plain", "éé plain"),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        ('"=?utf-8?q?Ren=C3=A9?=" <a@b.example>', '"René" <a@b.example>'),
        ("=?iso-8859-1*fr?q?=E9?=", "=?iso-8859-1*fr?q?=E9?="),
        ("=?utf-8?B?SW52b2ljZSAxMDAxIGZyb20gQWNtZ?=", "=?utf-8?B?SW52b2ljZSAxMDAxIGZyb20gQWNtZ?="),
        ("=?nonsense?q?=E9?=", "=?nonsense?q?=E9?="),
        ("=?utf-8?q?a?=@b.example", "=?utf-8?q?a?=@b.example"),
        ("Name <=?utf-8?q?a?=@b.example>", "Name <=?utf-8?q?a?=@b.example>"),
    ],
)
def test_decoded_headers(said: str, shown: str) -> None:
    assert decoded(said) == shown


def test_a_message_with_a_broken_encoded_word_is_read() -> None:
    head = b"Subject: =?utf-8?B?SW52b2ljZSAxMDAxIGZyb20gQWNtZ?=\r\nTo: =?utf-8?b?A?=@b.example\r\n\r\n"
    assert dict(read_fields(head)) == {
        "Subject": "=?utf-8?B?SW52b2ljZSAxMDAxIGZyb20gQWNtZ?=",
        "To": "=?utf-8?b?A?=@b.example",
    }


@pytest.mark.parametrize("name", ["=?utf-8?q?Boss?=", "=?utf-8?b?Qm9zcw==?= Ltd", "(=?utf-8?q?Boss?=)"])
def test_a_name_that_looks_like_an_encoded_word_is_shown_unchanged(name: str) -> None:
    shown = dict(read_fields(f"To: {mailbox('a@b.example', name)}\r\n\r\n".encode()))
    assert shown["To"] == f"{name} <a@b.example>"
