"""Edit what applies to a whole invoice: discount, shipping, deposit, service period and notes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from facturier.models.books.invoice import Invoice
from facturier.models.errors import InputError
from facturier.models.settings.company import Company
from facturier.models.settings.line import check_deposit, check_discount, kept_discount
from facturier.models.settings.series import check_start
from facturier.models.settings.tax import check_tax
from facturier.models.text.dates.dates import day_text, parse_day
from facturier.models.text.decimals import parse_decimal, parse_rate, plain
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.limits import NAME, check_length
from facturier.models.text.money import parse_amount
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.editor.details.period import period_is_valid, restore_wrong_period
from facturier.tui.screens.editor.lines.line_cells import number_text
from facturier.tui.widgets.inputs.fields import Area, Choice, Field, restore_invalid, would_be_lost
from facturier.tui.widgets.inputs.labelled_field import Check, LabelledField
from facturier.tui.widgets.keybar import KeyBar


class DetailsScreen(Dialog[Invoice | None]):
    """Returns the invoice with its details, or None if the user went back.

    `keep` is called with them instead if the program ends and nobody can be asked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.DONE.on("details.save", priority=True),
        keys.BACK_FROM_FORM.on("details.back", N_("Discard the changes to these details.")),
    ]

    def __init__(self, invoice: Invoice, company: Company, today: date, keep: Callable[[Invoice], None]) -> None:
        super().__init__(classes="dialog")
        self._keep = keep
        self._invoice = invoice
        self._today = today
        self._home = company.currency
        # A field that was removed from the settings is kept where it has a text.
        self._custom = [*dict.fromkeys((*(field.name for field in company.custom_fields), *invoice.custom))]
        self._rates = {rate.code: rate for rate in invoice.rates}

    def compose(self) -> ComposeResult:
        invoice = self._invoice
        number = _("An amount, or 10%")
        with Vertical(classes="dialog-box", id="details-box"):
            title = _("Details of the estimate") if invoice.is_estimate else _("Details of the invoice")
            yield Label(title, markup=False, classes="dialog-title")
            yield self._value("discount", _("Discount"), self._check_discount, placeholder=number)
            yield self._value("shipping", _("Shipping"), self._check_amount)
            yield self._value("shipping_tax", _("Tax on shipping"), self._check_tax)
            if not invoice.is_estimate:  # nothing has been received for an offer
                received = _("Amount received, or 30%")
                yield self._value("deposit", _("Deposit"), self._check_deposit, placeholder=received)
            answers = {"": _("without tax"), "yes": _("with tax included")}
            yield Choice(_("Prices"), answers, "yes" if invoice.inclusive else "", id="inclusive")
            yield self._value("service_from", _("Service from"), self._day)
            yield self._value("service_to", _("Service to"), self._day)
            per = _("{home} for 1 {currency}").format(home=self._home, currency=invoice.currency)
            foreign = invoice.currency != self._home
            yield self._value("exchange_rate", _("Exchange rate"), _rate, placeholder=per if foreign else "")
            yield self._value("own_number", _("Own number"), _check_own_number)
            for place, name in enumerate(self._custom):
                yield Field(name, invoice.custom.get(name, ""), whole=True, id=f"custom-{place}")
            yield Area(_("Ship to"), invoice.ship_to, lines=2, at_end=True, id="ship_to")
            yield Area(_("Private notes"), invoice.notes, lines=2, at_end=True, id="notes")
            yield KeyBar()

    def _value(self, name: str, label: str, check: Check, placeholder: str = "") -> Field:
        value = getattr(self._invoice, name)
        text = day_text(value, spoken()) if isinstance(value, date) else number_text(value or "")
        return Field(label, text, check=check, placeholder=placeholder, whole=True, id=name)

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def action_save(self) -> None:
        """Return the details, or go to the first field that is wrong."""
        for field in self.query(LabelledField):
            if field.problem:
                field.show_problem(field.problem)
                field.query_one("Input, TextArea").focus()
                return
        typed = self._typed()
        if period_is_valid(self, typed):
            self.dismiss(typed)

    @work
    async def action_back(self) -> None:
        if self._same():
            self.dismiss(None)
            return
        question = _("Go back without saving these details?")
        if await self.app.push_screen_wait(ConfirmScreen(question, would_be_lost())):
            self.dismiss(None)

    def keep_typed(self) -> None:
        restore_invalid(self)
        restore_wrong_period(self, self._typed())
        self._keep(self._typed())

    def half_typed(self) -> str:
        return would_be_lost() if self.is_mounted and not self._same() else ""

    def _same(self) -> bool:
        return not any(field.problem for field in self.query(LabelledField)) and self._typed() == self._invoice

    def _typed(self) -> Invoice:
        text = {field.id: field.text for field in self.query(Field)}
        first, last = self._day(text["service_from"]), self._day(text["service_to"])
        deposit = self._invoice.deposit
        if "deposit" in text:  # an estimate has no such field
            deposit = kept_discount(text["deposit"], self._invoice.currency)
        return replace(
            self._invoice,
            discount=kept_discount(text["discount"], self._invoice.currency),
            shipping=self._number(text["shipping"]),
            shipping_tax=self._check_tax(text["shipping_tax"]),
            deposit=deposit,
            inclusive=bool(self.query_one("#inclusive", Choice).text),
            service_from=first or last,
            service_to=last or first,
            exchange_rate=_rate(text["exchange_rate"]),
            own_number=text["own_number"],
            custom={name: value for place, name in enumerate(self._custom) if (value := text[f"custom-{place}"])},
            ship_to=self.query_one("#ship_to", Area).text,
            notes=self.query_one("#notes", Area).text,
        )

    def _number(self, text: str) -> str:
        return plain(parse_decimal(text, self._invoice.currency)) if text else ""

    def _check_discount(self, text: str) -> None:
        check_discount(text, self._invoice.currency)

    def _check_deposit(self, text: str) -> None:
        check_deposit(text, self._invoice.currency)

    def _check_amount(self, text: str) -> None:
        if text and parse_amount(text, self._invoice.currency) < 0:
            raise InputError(_("Enter an amount of zero or more."))

    def _check_tax(self, text: str) -> str:
        return check_tax(text, self._rates)

    def _day(self, text: str) -> date | None:
        return parse_day(text, self._today) if text else None


def _check_own_number(text: str) -> None:
    check_length(check_start(text), NAME)


def _rate(text: str) -> str:
    return plain(parse_rate(text)) if text else ""
