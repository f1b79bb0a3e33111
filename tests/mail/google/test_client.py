import json

import pytest

from facturier.mail.errors import ClientFileError
from facturier.mail.google.client import parse_client
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Client


def test_the_client_file_from_google() -> None:
    made = Client()
    client = parse_client(Google(clients=(made,)).client_json())
    assert (client.id, client.secret, client.project) == (made.id, made.secret, made.project)
    assert made.secret not in repr(client)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello", "not JSON"),
        ("", "not JSON"),
        ('"text"', "not a client file"),
        ("[]", "not a client file"),
        ("{}", "not a client file"),
        ('{"installed": 3}', "not a client file"),
        (Google(clients=(Client(kind="web"),)).client_json(), "“Web application”"),
        (json.dumps({"type": "service_account", "client_id": "1", "private_key": "x"}), "service account"),
        (json.dumps({"installed": {"client_id": "1"}}), "is missing client_secret"),
        (json.dumps({"installed": {"client_id": " ", "client_secret": None}}), "is missing client_id, client_secret"),
    ],
)
def test_each_wrong_client_file_has_its_own_message(text: str, sentence: str) -> None:
    with pytest.raises(ClientFileError, match=sentence) as caught:
        parse_client(text)
    assert caught.value.todo


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_client_file_saved_by_windows_is_read(encoding: str) -> None:
    text = json.dumps({"installed": {"client_id": "id", "client_secret": "secret"}})
    assert parse_client(text.encode(encoding)).id == "id"
