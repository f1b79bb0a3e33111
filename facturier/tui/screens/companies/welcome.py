"""The welcome screen, which opens first if a person has no company yet, and is a command on every list."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList

from facturier.mail.open_workspace import Companies
from facturier.models.text.i18n import N_, _
from facturier.tui.screens.companies.screen import ChoosingCompany, books_folder, company_line
from facturier.tui.terminal.program_name import command
from facturier.tui.widgets.inputs.options import Options, ValueOption
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Title

# The choices: number, name, description and action.
_WAYS = (
    ("1", N_("Try the demo"), N_("Sample books and a Google simulator. No email is sent."), "demo"),
    ("2", N_("Create my company"), N_("One file on this machine, which you can move and back up."), "new"),
    ("3", N_("Open a file"), N_("A company file that you or a colleague created."), "open"),
)


class WelcomeScreen(ChoosingCompany):
    """The screen's result is the workspace of the chosen company, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "demo", N_("Demo"), tooltip=N_("Try Facturier with sample books."), id="welcome.demo"),
        Binding("2,n", "new", N_("New company"), tooltip=N_("Create a company file."), id="welcome.new"),
        Binding("3,o", "open", N_("Open a file"), tooltip=N_("Open a company by its path."), id="welcome.open"),
        Binding("q,escape", "dismiss(None)", N_("Close"), id="welcome.close", key_display="q"),
    ]

    def __init__(self, companies: Companies, *, first: bool = False) -> None:
        """`first` shows the command that starts the program, for a person who has just installed it."""
        super().__init__()
        self._first = first
        self.companies = companies
        self.folder = books_folder()

    def compose(self) -> ComposeResult:
        yield Title("Facturier")
        with Vertical(id="welcome-body"):
            yield Label(_("Welcome"), markup=False, classes="dialog-title")
            about = _("Create invoices and send them from your company’s own Gmail address.")
            yield Label(about, markup=False, id="welcome-about")
            yield Options(*(_way(*way) for way in _WAYS), markup=False, compact=True)
            if self._first:
                again = _("To start Facturier again: {command}").format(command=command())
                yield Label(again, markup=False, id="welcome-command")
        yield KeyBar()

    @work(group="companies")
    async def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = 0
        if found := await asyncio.to_thread(self.summaries):
            listed.add_option(ValueOption(Text(_("Recent companies"), "bold"), "", disabled=True))
            listed.add_options([ValueOption(company_line(one), one.path) for one in found])


def _way(number: str, name: str, about: str, action: str) -> ValueOption[str]:
    return ValueOption(Text.assemble((f"{number} ", "bold"), (_(name), "bold"), f"\n  {_(about)}\n"), action)
