"""The company's own OAuth client: the JSON file that Google offers for download."""

from dataclasses import dataclass, field

from facturier.mail.errors import ClientFileError
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.models.text.json_text import decode_text, read_json

LARGEST = 64 * 1024  # bytes of a client file


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A "Desktop app" client. The server addresses in the file are ignored, because we know Google's."""

    id: str
    secret: str = field(repr=False)
    project: str


def parse_client(text: str | bytes) -> OAuthClient:
    """Return the client in a client file, whatever program saved it.

    Raises ClientFileError, with a different sentence for each way in which the file can be wrong.
    """
    try:
        name = "client_secret.json"
        whole = read_json(decode_text(text, name) if isinstance(text, bytes) else text, name)
    except (InputError, RecursionError):
        raise ClientFileError(
            _("This is not a client file: it is not JSON."),
            todo=_("Download the JSON of your “Desktop app” client from Google. Paste it here, or enter its path."),
        ) from None
    if not isinstance(whole, dict):
        raise _other()
    if whole.get("type") == "service_account":
        raise ClientFileError(
            _("This file is for a service account, which cannot send as a person."),
            todo=_("Create an OAuth client of the type “Desktop app” and use its file."),
        )
    if "web" in whole:
        raise ClientFileError(
            _(
                "This file is for a client of the type “Web application”, which does not work with a "
                "program on this machine."
            ),
            todo=_("Create an OAuth client of the type “Desktop app” and use its file."),
        )
    inside = whole.get("installed")
    if not isinstance(inside, dict):
        raise _other()
    found = {name: inside.get(name) for name in ("client_id", "client_secret")}
    if missing := [name for name, value in found.items() if not (isinstance(value, str) and value.strip())]:
        raise ClientFileError(
            _("The client file is missing {names}.").format(names=", ".join(missing)),
            todo=_("Download it from Google again. Google shows a secret only when it is created."),
        )
    return OAuthClient(str(found["client_id"]), str(found["client_secret"]), str(inside.get("project_id", "")))


def _other() -> ClientFileError:
    return ClientFileError(
        _("This is JSON, but not a client file of a “Desktop app”."),
        todo=_(
            "The right file begins with “installed”. Download it from Google Cloud → APIs & Services → Credentials."
        ),
    )
