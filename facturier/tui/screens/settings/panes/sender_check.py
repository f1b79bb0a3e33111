"""The default sender's password, and a check whether it works as it is typed."""

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.text.i18n import _
from facturier.tui.widgets.inputs.fields import Field


class SenderCheck(Vertical):
    """The password goes into the vault and never comes back to the screen."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__(id="sender-check")
        self._ws = ws
        self._tried: tuple[DefaultSender, str] | None = None  # what the last check was about
        self._problem = ""  # what it found
        self.failed = False  # whether what is saved failed the check

    def compose(self) -> ComposeResult:
        hint = self._hint(self._ws.company())
        yield Field(_("Password"), password=True, placeholder=hint, id="sender-password")
        yield Label("", markup=False, id="sender-answer")

    @staticmethod
    def _hint(company: Company) -> str:
        """Only a saved sender can have a password that stays as it is."""
        from facturier.mail.senders.registry import default_type

        return _("unchanged if empty") if company.sender.kind and default_type(company).has_password else ""

    @property
    def password(self) -> str:
        """As typed: a password may begin or end with a space."""
        return self.query_one(Field).input.value

    @password.setter
    def password(self, typed: str) -> None:
        self.query_one(Field).input.value = typed

    def settle(self, company: Company, password: str) -> None:
        """Empty the field once the password is in the vault, unless another one was typed since. If what was saved
        failed the check, keep saying so."""
        field = self.query_one(Field).input
        field.placeholder = self._hint(company)
        if field.value == password:
            field.value = ""
        if self._tried == (company.sender, password):
            self.failed = bool(self._problem)
        elif self._tried is not None and (password or company.sender != self._tried[0]):
            self.failed = False
            self._answer("")  # it was about something else
        if self.failed:
            self._answer(_("Saved. The check failed: {problem}").format(problem=self._problem))

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
        self._tried, self._problem, self.failed = None, "", False
        self._try(company, self.password)

    @work(thread=True, group="sender-check", exclusive=True)
    def _try(self, company: Company, password: str) -> None:
        from facturier.mail.senders.default import sender_of

        try:
            sender_of(self._ws, company, password).check()
            problem = ""
        except FacturierError as error:
            problem = str(error)
        self.app.call_from_thread(self._tell, (company.sender, password), problem)

    def _tell(self, tried: tuple[DefaultSender, str], problem: str) -> None:
        self._tried, self._problem = tried, problem
        self._answer(f"✗ {problem}" if problem else _("✓ It works. Nothing was sent."))

    def _answer(self, text: str) -> None:
        self.query_one("#sender-answer", Label).update(Text(text))
