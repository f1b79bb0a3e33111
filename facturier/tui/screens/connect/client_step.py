"""The first time: where the company's OAuth client comes from, and a field for its file."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Label

from facturier.mail.errors import ClientFileError
from facturier.mail.google.client import LARGEST, OAuthClient, parse_client
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import read_small, typed_path
from facturier.tui.widgets.inputs.paste_field import PasteField

# Google Cloud's own names for its pages stand in quotes: they are what the person looks for there.
_STEPS = (
    N_("Google must know the program that sends email for your company. Set this up once, in a browser:"),
    N_("1  Open console.cloud.google.com, signed in as the company, and create a project."),
    N_("2  “APIs & Services”, “Library”: find Gmail API and choose “Enable”."),
    N_(
        "3  “Google Auth Platform”, “Audience”: choose “Internal” if the company has Google Workspace. "
        "Otherwise choose “External” and “Publish app”, so that the status is “In production”. Never "
        "keep it in “Testing”: Google then ends the connection after 7 days."
    ),
    N_(
        "4  “Clients”, “Create client”: choose the type “Desktop app”, then “Download JSON” right "
        "away. Google shows the secret only once."
    ),
    N_("5  If Google says that it has not verified this app, choose “Advanced” and continue: the app is your own."),
)


class ClientStep(Vertical):
    """Tells the text as `PasteField.Given`."""

    DEFAULT_CLASSES: ClassVar[str] = "connect-step"

    def __init__(self) -> None:
        super().__init__(id="client-step")

    def compose(self) -> ComposeResult:
        first, *steps = _STEPS
        yield Label(_(first), markup=False, classes="connect-line")
        for step in steps:
            number, _space, words = _(step).partition("  ")
            with Horizontal(classes="connect-hanging"):
                yield Label(number, markup=False, classes="connect-number")
                yield Label(words, markup=False)
        yield Label(
            _("Paste the JSON here, or enter the path of the file:"), markup=False, classes="connect-line connect-ask"
        )
        yield PasteField(_("client_secret_….json"), id="client")

    @property
    def field(self) -> PasteField:
        return self.query_one(PasteField)

    def offer(self, path: str) -> None:
        """Put in the path of the practice company's own file."""
        self.field.text = path


def read_client(text: str) -> OAuthClient:
    """The client in a JSON text or in the file at a path. Raises ClientFileError."""
    if text.startswith(("{", "[")) or not _is_path(text):
        return parse_client(text)
    path = typed_path(text.strip("'\""))
    try:
        return parse_client(read_small(path, LARGEST))
    except OSError as error:
        raise ClientFileError(
            _("Cannot read “{name}”: {reason}.").format(name=text, reason=error.strerror or type(error).__name__),
            todo=_("Correct the path, or paste the content of the file."),
        ) from None


def _is_path(text: str) -> bool:
    return len(text) < 4096 and ("/" in text or text.endswith(".json"))
