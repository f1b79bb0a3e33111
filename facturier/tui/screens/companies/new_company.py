"""Create a company."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.new_company import check_name, new_company
from facturier.mail.open_workspace import Companies
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.settings.tax_presets import preset_names
from facturier.models.text.addresses import parse_address
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.paths import is_folder, typed_path
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Choice, Field, typed_in
from facturier.tui.widgets.keybar import KeyBar

SUFFIX = ".facturier"


class NewCompanyScreen(Dialog[Workspace | None]):
    """The dialog's result is the workspace of the new company, or None."""

    enter_acts = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "make", N_("Create"), id="new_company.make"),
        Binding("f9,ctrl+s", "make", N_("Create"), id="new_company.save", show=False, priority=True),
        keys.CANCEL.on("new_company.cancel"),
    ]

    def __init__(self, companies: Companies, folder: Path, currency: str = "CAD") -> None:
        """`folder` is the proposed folder of the file."""
        super().__init__(classes="dialog")
        self._companies = companies
        self._folder = folder
        self._currency = currency
        self._proposed = ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("New company"), markup=False, classes="dialog-title")
            yield Field(_("Name"), check=check_name, whole=True, id="name")
            yield Field(_("Email"), check=parse_address, placeholder="billing@example.com", whole=True, id="email")
            yield Field(_("Currency"), self._currency, check=parse_currency, whole=True, id="currency")
            yield Choice(_("Taxes"), {"": _("none yet"), **preset_names(spoken())}, "", id="taxes")
            yield Field(_("File"), id="path")
            yield KeyBar()

    @on(Field.Changed, "#name")
    def _named(self, event: Field.Changed) -> None:
        """Propose a file named after the company, until the person types another path."""
        path = self.query_one("#path", Field)
        if path.text == self._proposed:
            name = event.text.replace("/", "-").strip(". ")
            # one machine: a new company is a file in a folder here.
            self._proposed = path.text = str(self._folder / f"{name}{SUFFIX}") if name else ""

    def half_typed(self) -> str:
        return typed_in(self)

    @work(group="make")
    @once
    async def action_make(self) -> None:
        name, email, currency, path = (
            self.query_one(f"#{id_}", Field) for id_ in ("name", "email", "currency", "path")
        )
        for field in (name, email, currency):
            if field.problem:
                field.show_problem(field.problem)
                field.input.focus()
                return
        target, taxes = typed_path(path.text), self.query_one("#taxes", Choice).text
        if not path.text or is_folder(target):
            path.show_problem(_("Enter the name of the file to create."))
            path.input.focus()
            return

        def make() -> Workspace:
            new_company(
                target,
                name=name.text,
                email=email.text,
                currency=currency.text,
                language=spoken(),
                taxes=taxes,
                clock=self._companies.clock,
            )
            return self._companies.open(target)

        try:
            self.dismiss(await asyncio.to_thread(make))
        except FacturierError as error:
            show_problem(self, error)
