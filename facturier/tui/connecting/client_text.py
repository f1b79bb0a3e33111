"""The OAuth client, from what a person pastes or types: its JSON, or where the file is."""

from facturier.mail.errors import ClientFileError
from facturier.mail.gmail.client import LARGEST, OAuthClient, parse_client
from facturier.models.language import _
from facturier.models.paths import read_small, typed_path


def read_client(text: str) -> OAuthClient:
    """The client in a JSON text or in the file at a path. Raises ClientFileError."""
    if text.startswith(("{", "[")) or not _is_path(text):
        return parse_client(text)
    path = typed_path(text.strip("'\""))
    try:
        return parse_client(read_small(path, LARGEST))
    except OSError as error:
        raise ClientFileError(
            _("“{name}” cannot be read: {reason}.").format(name=text, reason=error.strerror or type(error).__name__),
            todo=_("Correct the path, or paste what is in the file."),
        ) from None


def _is_path(text: str) -> bool:
    return len(text) < 4096 and ("/" in text or text.endswith(".json"))
