"""When an invoice is due, and in which currency it is."""

from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import DescendantBlur
from textual.message import Message
from textual.widgets import Label

from facturier.models.books.draft_rules import check_due
from facturier.models.books.invoice import Invoice
from facturier.models.text.dates import LAST, day_text, parse_day, parse_terms, terms_text
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import _, spoken
from facturier.tui.widgets.inputs.fields import Field


class InvoiceTerms(Vertical):
    """Number, date, terms, due date and currency. Date, terms and due date each move another of the three. `number` is
    the next invoice's; `usual_currency` is the customer's.

    It holds the last values that can be right; a field that is wrong keeps what was typed and says why. `Changed` comes
    with every change.
    """

    DEFAULT_CLASSES: ClassVar[str] = "invoice-terms"

    class Changed(Message):
        """One of the values changed."""

    class CurrencyChanged(Message):
        """The invoice is in another currency."""

        def __init__(self, currency: str) -> None:
            super().__init__()
            self.currency = currency

    def __init__(self, invoice: Invoice, today: date, *, number: str, usual_currency: str) -> None:
        super().__init__(id="head-right")
        self._today = today
        self._number = number
        self.date = invoice.date
        # Earlier versions took a due date that the terms contradict: the date is what the customer was to read.
        self.terms = max((invoice.due - invoice.date).days, 0)
        self.due = invoice.due
        self.currency = invoice.currency
        self._currency_typed = invoice.currency != usual_currency
        self._before = (invoice.date, invoice.terms, invoice.due)  # when the focus came to one of the three

    def compose(self) -> ComposeResult:
        language = spoken()
        with Horizontal(classes="field-line", id="number-line"):
            yield Label(_("Number"), markup=False, classes="field-label")
            yield Label(_when_issued(self._number), markup=False, id="number")
        yield Field(_("Date"), day_text(self.date, language), check=self._read_date, whole=True, id="date")
        yield Field(_("Terms"), terms_text(self.terms), check=self._read_terms, whole=True, id="terms")
        yield Field(_("Due"), day_text(self.due, language), check=self._read_due, whole=True, id="due")
        yield Field(_("Currency"), self.currency, check=parse_currency, whole=True, id="currency")

    def show_number(self, number: str) -> None:
        """The next invoice gets another number."""
        self.query_one("#number", Label).update(_when_issued(number))

    def set_terms(self, days: int) -> None:
        """Take a customer's terms, in days."""
        self.terms = days
        self._field("terms").text = terms_text(days)
        self._set_due()

    def set_currency(self, currency: str) -> None:
        """Take a customer's currency, unless the person has typed one."""
        if not self._currency_typed and currency != self.currency:
            self._take_currency(currency)
            self._field("currency").text = currency

    @property
    def typed_currency(self) -> str:
        """The currency that the person typed, empty while it is the customer's or the company's."""
        return self.currency if self._currency_typed else ""

    def not_kept(self) -> tuple[Field, str] | None:
        """The first field whose text is no value of the invoice, and a sentence that says which value is kept."""
        kept = {
            "date": (_("Date"), day_text(self.date, spoken())),
            "terms": (_("Terms"), terms_text(self.terms)),
            "due": (_("Due"), day_text(self.due, spoken())),
            "currency": (_("Currency"), self.currency),
        }
        for name, (label, value) in kept.items():
            field = self._field(name)
            if field.problem:
                words = _("“{text}” is not saved: {field} is still {value}. Correct it, or press Esc again to go back.")
                return field, words.format(text=field.text, field=label, value=value)
        return None

    # Date, terms and due date

    @on(Field.Changed, "#date")
    def _date_changed(self, event: Field.Changed) -> None:
        event.stop()
        # What is typed on the way to something wrong counts for nothing.
        day = self._before[0] if event.field.problem else self._read_date(event.text)
        if day != self.date:
            self.date = day
            self._set_due()

    def _read_terms(self, text: str) -> int:
        return parse_terms(text, self.date)

    @on(Field.Changed, "#terms")
    def _terms_changed(self, event: Field.Changed) -> None:
        event.stop()
        days = self._before[1] if event.field.problem else self._read_terms(event.text)
        if days != self.terms:
            self.terms = days
            self._set_due()

    @on(Field.Changed, "#due")
    def _due_changed(self, event: Field.Changed) -> None:
        event.stop()
        day = self._before[2] if event.field.problem else self._read_due(event.text)
        if day != self.due:
            self.due = day
            self.terms = (day - self.date).days
            self._field("terms").text = terms_text(self.terms)
            self.post_message(self.Changed())

    def _set_due(self) -> None:
        self.due = min(self.date + timedelta(self.terms), LAST)
        self._field("due").text = day_text(self.due, spoken())
        self.post_message(self.Changed())

    def _read_date(self, text: str) -> date:
        return parse_day(text, self._today)

    def _read_due(self, text: str) -> date:
        return check_due(self.date, parse_day(text, self._today, base=self.date))

    # Currency: the customer's, until the person types another one

    @on(Field.Changed, "#currency")
    def _currency_changed(self, event: Field.Changed) -> None:
        event.stop()
        if event.field.problem or (currency := parse_currency(event.text)) == self.currency:
            return
        self._currency_typed = True
        self._take_currency(currency)

    def _take_currency(self, currency: str) -> None:
        self.currency = currency
        self.post_message(self.CurrencyChanged(currency))
        self.post_message(self.Changed())

    # Focus

    def on_descendant_focus(self) -> None:
        self._before = (self.date, self.terms, self.due)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Write a value as it was understood."""
        shown = {
            "date": day_text(self.date, spoken()),
            "terms": terms_text(self.terms),
            "due": day_text(self.due, spoken()),
            "currency": self.currency,
        }
        for field in self.query(Field):
            if field.input is event.widget and field.id in shown and not field.problem:
                field.text = shown[field.id]

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)


def _when_issued(number: str) -> str:
    return _("{number} when issued").format(number=number)
