"""The default sender's password, and a check whether it works as it is typed."""

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _
from facturier.tui.widgets.inputs.fields import Field


class SenderCheck(Vertical):
    """The password goes into the vault and never comes back to the screen."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__(id="sender-check")
        self._ws = ws

    def compose(self) -> ComposeResult:
        yield Field(_("Password"), password=True, placeholder=_("unchanged if empty"), id="sender-password")
        yield Label("", markup=False, id="sender-answer")

    @property
    def password(self) -> str:
        """As typed: a password may begin or end with a space."""
        return self.query_one(Field).input.value

    def forget(self) -> None:
        """Empty the field once the password is in the vault."""
        self.query_one(Field).input.value = ""

    def show_what_counts(self, company: Company) -> None:
        from facturier.mail.senders.registry import default_type

        self.query_one(Field).display = default_type(company).has_password

    def check(self, company: Company) -> None:
        """Try the default sender of `company`, with the password as typed, else the one that is kept."""
        if not company.sender.kind:
            self._answer(_("There is no default sender to check."))
            return
        if company.practice:
            self._answer(_("Demo: not checked. All email is saved in {folder}.").format(folder=company.practice))
            return
        self._answer(_("Checking…"))
        self._try(company, self.password)

    @work(thread=True, group="sender-check", exclusive=True)
    def _try(self, company: Company, password: str) -> None:
        from facturier.mail.senders.default import sender_of

        try:
            sender_of(self._ws, company, password).check()
            answer = _("✓ It works. Nothing was sent.")
        except FacturierError as error:
            answer = f"✗ {error}"
        self.app.call_from_thread(self._answer, answer)

    def _answer(self, text: str) -> None:
        self.query_one("#sender-answer", Label).update(Text(text))
