"""Create or edit a customer."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Label

from facturier.mail.workspace import Workspace
from facturier.models.books.customers import check_name, contacts_of, customer_named
from facturier.models.books.invoice import Customer
from facturier.models.customers.saving import save_customer
from facturier.models.errors import FacturierError, InputError
from facturier.models.settings.tax import check_tax, tax_names
from facturier.models.text.clean import clean
from facturier.models.text.dates.terms import Terms, parse_terms, terms_text
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import LANGUAGES, N_, _, spoken
from facturier.models.text.limits import NAME
from facturier.models.text.postal import parse_country
from facturier.models.text.tax_numbers import check_business_number, check_qst_number, check_vat_id
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.customer.contact_rows import ContactRows
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Area, Choice, Field, would_be_lost
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.keybar import KeyBar

_PLAIN = ("name", "telephone", "city", "region", "postcode")  # kept as they are typed
_AREAS = ("street", "ship_to", "notes")
_TALL = 30  # lines of a window that shows more than the first sections
_SOON = 0.3  # seconds until the other sections are added, unless a key comes first


class _Rest(asyncio.Event):
    """Set when all sections are there. To wait for it has them added now."""

    def __init__(self, add: Callable[[], object]) -> None:
        super().__init__()
        self._add = add

    async def wait(self) -> Literal[True]:
        self._add()
        return await super().wait()


def _check_telephone(text: str) -> None:
    """The field after the name is where other programs ask for the email address."""
    if "@" in text:
        raise InputError(_("This is an email address. Enter it under Contacts."))


class CustomerScreen(Dialog[Customer | None]):
    """The dialog's result is the saved customer, or None if the person went back."""

    AUTO_FOCUS = ""  # or the focus would move twice while the form opens

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.SAVE.on("customer.save", N_("Save the customer."), priority=True),
        keys.NEXT_SECTION.on("customer.next_section", N_("Move to the next part of the form."), priority=True),
        keys.BACK_FROM_FORM.on("customer.back", N_("Discard the changes to the customer.")),
    ]

    def __init__(self, ws: Workspace, customer: Customer) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._customer = customer
        # What `_typed` returns while nobody has typed anything.
        contacts = tuple(filter(None, contacts_of(customer)))
        self._start = replace(customer, contacts=contacts, contact="", email="", cc="", bcc="")
        self.whole = self._whole = _Rest(self._complete)
        self._completing = False
        self._company = ws.company()
        self._rates = {rate.code: rate for rate in self._company.rates}

    def compose(self) -> ComposeResult:
        customer = self._customer
        with Vertical(classes="dialog-box", id="customer-box"):
            title = _("New customer") if customer.id is None else _("Customer")
            yield Label(title, markup=False, classes="dialog-title")
            with VerticalScroll(id="customer-body", can_focus=False):
                with _section():
                    yield Field(_("Name"), customer.name, check=self._check_name, most=NAME, id="name")
                    yield Field(_("Telephone"), customer.telephone, check=_check_telephone, most=NAME, id="telephone")
                with _section(_("Contacts")):
                    yield ContactRows(contacts_of(customer))
                yield _section(_("Billing address"), *self._address())
            yield KeyBar()

    def _complete(self) -> None:
        """Add the other sections once. What is on the screen first does not wait for them, but keys do."""
        if not self._completing:
            self._completing = True
            self.call_after_refresh(self._add_rest)

    async def _add_rest(self) -> None:
        customer = self._customer
        sections = (
            _section(_("Invoices"), *self._usual()),
            _section(_("Shipping"), Area(_("Ship to"), customer.ship_to, lines=3, at_end=True, id="ship_to")),
            _section(_("Tax numbers"), *self._numbers()),
            _section(_("Private notes"), Area(_("Notes"), customer.notes, lines=3, at_end=True, id="notes")),
        )
        try:
            if self.is_attached:
                await self.mount_rest(self.query_one("#customer-body"), *sections)
        finally:
            self._whole.set()  # keys wait for it

    def _address(self) -> Iterator[Widget]:
        customer = self._customer
        if customer.address and not (customer.street or customer.city):  # from before there were parts
            yield Area(_("Address"), customer.address, lines=3, at_end=True, id="address")
            yield Label(_("Printed until you enter a street or a city."), markup=False, classes="form-note")
        yield Area(_("Street"), customer.street, lines=2, at_end=True, id="street")
        yield Field(_("City"), customer.city, most=NAME, id="city")
        yield Field(_("Province"), customer.region, placeholder=_("or state"), whole=True, most=NAME, id="region")
        yield Field(_("Postal code"), customer.postcode, whole=True, most=NAME, id="postcode")
        yield Field(
            _("Country"),
            customer.country,
            check=parse_country,
            placeholder=_("name or code, such as CA"),
            whole=True,
            id="country",
        )

    def _usual(self) -> Iterator[Widget]:
        customer, company = self._customer, self._company
        usual = {"": _("Same as the company: {language}").format(language=LANGUAGES.get(company.language, "English"))}
        terms = "" if customer.terms is None else terms_text(Terms(customer.terms, customer.terms_rule))
        yield Choice(_("Language"), usual | LANGUAGES, customer.language, id="language")
        for name, label, text, check, placeholder in (
            ("terms", _("Terms"), terms, _check_terms, terms_text(Terms(company.terms, company.terms_rule))),
            ("currency", _("Currency"), customer.currency, _check_currency, company.currency),
            ("tax", _("Tax"), tax_names(customer.tax, spoken()), self._check_tax, _("As set on each item")),
        ):
            yield Field(label, text, check=check, placeholder=placeholder, whole=True, id=name)

    def _numbers(self) -> Iterator[Widget]:
        customer = self._customer
        for name, label, check, number in (
            ("business_number", _("Business no."), check_business_number, "123456782 RT0001"),
            ("qst_number", _("QST no."), check_qst_number, "1234567890 TQ 0001"),
            ("vat_id", _("VAT ID"), check_vat_id, "FR40303265045"),
        ):
            example = _("e.g. {example}").format(example=number)
            yield Field(
                label, getattr(customer, name), check=check, placeholder=example, whole=True, most=NAME, id=name
            )

    def on_mount(self) -> None:
        self.set_focus(self._field("name").input)
        if self.size.height > _TALL:
            self._complete()
        else:
            self.set_timer(_SOON, self._complete)

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def action_next_section(self) -> None:
        sections = [*self.query(".form-section")]
        here = next((place for place, section in enumerate(sections) if section.has_focus_within), -1)
        section = sections[(here + 1) % len(sections)]
        section.query("Input, TextArea, Picker").first().focus(scroll_visible=False)
        section.scroll_visible(top=True, animate=False)

    @work(group="save")
    @once
    async def action_save(self) -> None:
        """Save the customer, or go to the first field with a problem."""
        await self._whole.wait()
        for field in self.query(LabelledField):
            if field.problem:
                field.show_problem(field.problem)
                field.query_one("Input, TextArea").focus()
                return
        try:
            kept = await asyncio.to_thread(self._keep, self._typed())
        except FacturierError as error:
            show_problem(self, error)
            return
        self.dismiss(kept)

    def _keep(self, customer: Customer) -> Customer:
        from facturier.mail.vault.schedule_approval import keeping_approval

        with keeping_approval(self._ws):  # templates of recurring invoices follow
            return save_customer(self._ws.store, customer, seen=self._customer)

    @work
    async def action_back(self) -> None:
        await self._whole.wait()
        if self.busy:
            return
        if self._typed() == self._start:
            self.dismiss(None)
            return
        question = _("Go back without saving this customer?")
        if await self.app.push_screen_wait(ConfirmScreen(question, _("What you typed here will be lost."))):
            self.dismiss(None)

    def half_typed(self) -> str:
        return would_be_lost() if self._whole.is_set() and self._typed() != self._start else ""

    def _typed(self) -> Customer:
        """The customer as it is typed. A text that is wrong stays as it is, so that it counts as typed."""
        terms = self._terms()
        older = next(iter(self.query("#address").results(Area)), None)
        return Customer(
            id=self._customer.id,
            contacts=self.query_one(ContactRows).contacts,
            address=older.text if older is not None else self._customer.address,
            language=self.query_one("#language", Choice).text,
            terms=terms.days if terms else None,
            terms_rule=terms.rule if terms else "",
            currency=self._read("currency", _check_currency),
            tax=self._read("tax", self._check_tax) if self._field("tax").typed else self._customer.tax,
            country=self._read("country", parse_country),
            business_number=self._read("business_number", check_business_number),
            qst_number=self._read("qst_number", check_qst_number),
            vat_id=self._read("vat_id", check_vat_id),
            archived=self._customer.archived,
            **{name: self._field(name).text for name in _PLAIN},
            **{name: self.query_one(f"#{name}", Area).text for name in _AREAS},
        )

    def _read(self, name: str, check: Callable[[str], str]) -> str:
        text = self._field(name).text
        try:
            return check(text)
        except InputError:
            return text

    def _terms(self) -> Terms | None:
        """Return the terms, None for the company's own. While they are wrong, the days are -1."""
        field = self._field("terms")
        return Terms(-1) if field.problem else parse_terms(field.text) if field.text else None

    def _check_name(self, text: str) -> None:
        check_name(text)
        known = customer_named(self._ws.store, text)
        if known is not None and known.id != self._customer.id:
            raise InputError(_("A customer named “{name}” already exists.").format(name=clean(known.name)))

    def _check_tax(self, text: str) -> str:
        return check_tax(text, self._rates)

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)


def _section(title: str = "", *fields: Widget) -> Vertical:
    """A part of the form. Its first field is where F6 goes."""
    section = Vertical(*fields, classes="form-section region" if title else "form-section")
    section.border_title = title
    return section


def _check_currency(text: str) -> str:
    return parse_currency(text) if text else ""


def _check_terms(text: str) -> None:
    if text:
        parse_terms(text)
