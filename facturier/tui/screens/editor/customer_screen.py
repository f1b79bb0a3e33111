"""A customer, made or changed in place."""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from facturier.mail.workspace import Workspace
from facturier.models.books.customers import check_name, customer_named, save_customer
from facturier.models.books.invoice import Customer
from facturier.models.errors import FacturierError, InputError
from facturier.models.settings.tax import check_tax
from facturier.models.text.addresses import parse_addresses
from facturier.models.text.clean import clean
from facturier.models.text.dates import parse_terms, terms_text
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.models.text.limits import ADDRESSES, NAME
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Area, Choice, Field, would_be_lost
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.inputs.one_line import Joined
from facturier.tui.widgets.keybar import KeyBar


class CustomerScreen(Dialog[Customer | None]):
    """Answers with the customer as it was kept, or None where the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f9,ctrl+s",
            "save",
            N_("Save"),
            tooltip=N_("Save the customer and continue with the invoice."),
            id="customer.save",
            key_display="F9 ^s",
            priority=True,
        ),
        Binding("escape", "back", N_("Back"), tooltip=N_("Discard the changes to the customer."), id="customer.back"),
    ]

    def __init__(self, ws: Workspace, customer: Customer) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._customer = customer
        self._company = ws.company()
        self._rates = {rate.code: rate for rate in self._company.rates}

    def compose(self) -> ComposeResult:
        customer = self._customer
        usual = {
            "": _("Same as the company: {language}").format(language=LANGUAGES.get(self._company.language, "English"))
        }
        terms = "" if customer.terms is None else terms_text(customer.terms)
        with Vertical(classes="dialog-box", id="customer-box"):
            title = _("New customer") if customer.id is None else _("Customer")
            yield Label(title, markup=False, classes="dialog-title")
            yield Field(_("Name"), customer.name, check=self._check_name, most=NAME, id="name")
            yield Field(_("Contact"), customer.contact, most=NAME, id="contact")
            for name, label, text in (
                ("email", _("Email"), customer.email),
                ("cc", _("Cc"), customer.cc),
                ("bcc", _("Bcc"), customer.bcc),
            ):
                yield Field(label, text, check=parse_addresses, joined=Joined.ADDRESSES, most=ADDRESSES, id=name)
            yield Area(_("Address"), customer.address, lines=3, at_end=True, id="address")
            yield Choice(_("Language"), usual | LANGUAGES, customer.language, id="language")
            usual_terms = terms_text(self._company.terms)
            yield Field(_("Terms"), terms, check=_check_terms, placeholder=usual_terms, whole=True, id="terms")
            usual_currency = self._company.currency
            yield Field(
                _("Currency"),
                customer.currency,
                check=_check_currency,
                placeholder=usual_currency,
                whole=True,
                id="currency",
            )
            usual_tax = _("As set on each item")
            yield Field(_("Tax"), customer.tax, check=self._check_tax, placeholder=usual_tax, whole=True, id="tax")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#contact" if self._customer.name else "#name", Field).input.focus()

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input is self._field("tax").input:
            self.action_save()
        else:
            self.focus_next()

    @work(group="save")
    @once
    async def action_save(self) -> None:
        """Keep it, or go to the first field that is wrong."""
        for field in self.query(LabelledField):
            if field.problem:
                field.show_problem(field.problem)
                field.query_one("Input, TextArea").focus()
                return
        try:
            kept = await asyncio.to_thread(save_customer, self._ws.store, self._typed())
        except FacturierError as error:
            show_problem(self, error)
            return
        self.dismiss(kept)

    @work
    async def action_back(self) -> None:
        if self.busy:
            return
        if self._typed() == self._customer:
            self.dismiss(None)
            return
        question = _("Go back without saving this customer?")
        if await self.app.push_screen_wait(ConfirmScreen(question, _("What you typed here will be lost."))):
            self.dismiss(None)

    def half_typed(self) -> str:
        return would_be_lost() if self.is_mounted and self._typed() != self._customer else ""

    def _typed(self) -> Customer:
        terms = self._field("terms").text
        return Customer(
            id=self._customer.id,
            name=self._field("name").text,
            contact=self._field("contact").text,
            email=self._field("email").text,
            cc=self._field("cc").text,
            bcc=self._field("bcc").text,
            address=self.query_one("#address", Area).text,
            language=self.query_one("#language", Choice).text,
            terms=self._customer.terms if self._field("terms").problem else parse_terms(terms) if terms else None,
            currency=self._customer.currency
            if self._field("currency").problem
            else _check_currency(self._field("currency").text),
            tax=self._field("tax").text if self._field("tax").problem else self._check_tax(self._field("tax").text),
        )

    def _check_name(self, text: str) -> None:
        check_name(text)
        known = customer_named(self._ws.store, text)
        if known is not None and known.id != self._customer.id:
            raise InputError(_("A customer named “{name}” already exists.").format(name=clean(known.name)))

    def _check_tax(self, text: str) -> str:
        return check_tax(text, self._rates)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)


def _check_currency(text: str) -> str:
    return parse_currency(text) if text else ""


def _check_terms(text: str) -> None:
    if text:
        parse_terms(text)
