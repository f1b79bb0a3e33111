"""The first connection: the steps in Google Cloud to create an OAuth client, and a field for the client file."""

from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList, Static

from facturier.mail.errors import ClientFileError
from facturier.mail.google.client import LARGEST, OAuthClient, parse_client
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import read_small, typed_path
from facturier.tui import keys
from facturier.tui.screens.connect.browser import browser_here, open_in_browser
from facturier.tui.terminal.glyphs import can_show
from facturier.tui.themes.theme import ACTIVE, SUCCESS
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.inputs.paste_field import PasteField

_CONSOLE = "https://console.cloud.google.com"


class _Step(NamedTuple):
    """A step. `name` is the line in the list, `page` the address, and `words` what to do on that page."""

    name: str
    page: str
    words: str


# The names that Google Cloud uses for its pages and buttons are in quotes, so that people find them there.
_STEPS = (
    _Step(
        N_("Create a project"),
        f"{_CONSOLE}/projectcreate",
        N_(
            "Sign in as an administrator of the company’s Google account. Name the project, for example “Invoices”, "
            "and choose “Create”."
        ),
    ),
    _Step(
        N_("Turn on the Gmail API"),
        f"{_CONSOLE}/apis/library/gmail.googleapis.com",
        N_("Check that your project is selected at the top of the page, then choose “Enable”."),
    ),
    _Step(
        N_("Name the app and choose its audience"),
        f"{_CONSOLE}/auth/overview",
        N_(
            "Choose “Get started” and enter a name and a support address. As audience, choose “Internal” if the "
            "company has Google Workspace, otherwise “External”."
        ),
    ),
    _Step(
        N_("Publish the app (External only)"),
        f"{_CONSOLE}/auth/audience",
        N_(
            "Choose “Publish app”, so that the status is “In production”. In “Testing”, Google ends the connection "
            "after 7 days. If Google says later that it has not verified this app, choose “Advanced” and continue: "
            "the app is your own."
        ),
    ),
    _Step(
        N_("Create a desktop client"),
        f"{_CONSOLE}/auth/clients",
        N_("Choose “Create client”, then the type “Desktop app”."),
    ),
    _Step(
        N_("Download the JSON file"),
        f"{_CONSOLE}/auth/clients",
        N_(
            "Choose “Download JSON” right away: Google shows the secret only once. Then paste the text of the file "
            "below, or enter its path."
        ),
    ),
)


class StepList(Options):
    """The steps, with a mark on those that are done. `ClientStep` shows the details of the highlighted step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", N_("Done, next step"), id="connect.step"),
        keys.COPY_LINK.on("connect.step_copy"),
        keys.OPEN_WITH_O.on("connect.step_open", N_("Open the page in the browser.")),
    ]

    def __init__(self) -> None:
        super().__init__(compact=True, id="connect-list")
        self._done: set[int] = set()

    def on_mount(self) -> None:
        self.add_options([self._line(number) for number in range(len(_STEPS))])
        self.highlighted = 0

    def _line(self, number: int) -> Text:
        mark = ("✓ " if can_show("✓") else "x ") if number in self._done else "  "
        return Text.assemble((mark, SUCCESS), (f"{number + 1}  ", "bold"), _(_STEPS[number].name))

    @property
    def step(self) -> _Step:
        return _STEPS[self.highlighted or 0]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        return action != "open" or browser_here()

    def done(self, number: int) -> bool:
        """Mark a step as done and go to the next one. Return False after the last one."""
        self._done.add(number)
        self.replace_option_prompt_at_index(number, self._line(number))
        if number + 1 == len(_STEPS):
            return False
        self.highlighted = number + 1
        return True

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self.step.page)  # OSC 52, which also works through SSH
        self.notify(_("Link copied."), markup=False)

    def action_open(self) -> None:
        open_in_browser(self, self.step.page)


class ClientStep(Vertical):
    """Posts the text of the client file, or its path, as `PasteField.Given`."""

    DEFAULT_CLASSES: ClassVar[str] = "connect-step"

    def __init__(self) -> None:
        super().__init__(id="client-step")

    def compose(self) -> ComposeResult:
        yield Label(
            _(
                "Before you start: this needs a Google Cloud project, once. It takes about ten minutes. The "
                "person who administers the company’s Google account can do it on any computer."
            ),
            markup=False,
            classes="connect-line",
            id="connect-before",
        )
        yield StepList()
        yield Static(markup=False, id="connect-words")
        with Vertical(id="connect-give"):
            yield Label(_("Paste the JSON here, or enter the path of the file:"), markup=False, classes="connect-line")
            yield PasteField(_("client_secret_….json"), id="client")

    @property
    def field(self) -> PasteField:
        return self.query_one(PasteField)

    def offer(self, path: str) -> None:
        """Fill in the path of the demo company's client file."""
        self.field.text = path

    @on(OptionList.OptionHighlighted)
    def _shown(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        step = _STEPS[event.option_index]
        link = (step.page, ACTIVE + Style(link=step.page))
        self.query_one("#connect-words", Static).update(Text.assemble(link, "\n", _(step.words)))

    @on(OptionList.OptionSelected)
    def _done(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if not self.query_one(StepList).done(event.option_index):
            self.field.input.focus()


def read_client(text: str) -> OAuthClient:
    """Return the client in a JSON text, or in the file with this path. Raises ClientFileError."""
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
