"""The dates and the currency of an invoice."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from rich.cells import set_cell_size
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import DescendantBlur
from textual.message import Message
from textual.widgets import Label

from facturier.models.books.invoice import Invoice
from facturier.models.drafts.draft_rules import check_due
from facturier.models.text.dates.dates import LAST, day_text, parse_day
from facturier.models.text.dates.terms import Terms, parse_terms, terms_text
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import _, ngettext, spoken
from facturier.tui.screens.editor.parts.currency import CurrencyField
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.inputs.lookup import Lookup, LookupInput

_QUOTED = 30  # characters of a text that cannot be saved; it may be a long one in the wrong field
_LABEL = 10  # cells, the space that #head-right .field-entry in styles.tcss leaves for a label


class InvoiceTerms(Vertical):
    """Number, date, terms, due date and currency.

    A change of date, terms or due date changes another of the three. `number` is that of the next invoice, and
    `usual_currency` the customer's. It has the last valid values. An invalid field keeps its text and shows the
    problem. Posts `Changed` after every change.
    """

    DEFAULT_CLASSES: ClassVar[str] = "invoice-terms"

    class Changed(Message):
        """One of the values changed."""

    class CurrencyChanged(Message):
        """The invoice has another currency."""

        def __init__(self, currency: str) -> None:
            super().__init__()
            self.currency = currency

    def __init__(
        self,
        invoice: Invoice,
        today: date,
        *,
        number: str,
        usual_currency: str,
        used_currencies: Callable[[], Sequence[str]],
    ) -> None:
        super().__init__(id="head-right")
        self._estimate = invoice.is_estimate
        self._used_currencies = used_currencies
        self._today = today
        self._number = number
        self.date = invoice.date
        # Earlier versions accepted a due date that contradicts the terms. The due date counts, because it was printed.
        self.terms = _terms_of(invoice)
        self.due = invoice.due
        self.currency = invoice.currency
        self._currency_typed = invoice.currency != usual_currency
        self._before = (invoice.date, self.terms, invoice.due)  # the values when the focus entered one of the three

    def compose(self) -> ComposeResult:
        language = spoken()
        yield Label(_when_issued(self._number), markup=False, id="number")
        yield Field(_("Date"), day_text(self.date, language), check=self._read_date, whole=True, id="date")
        terms, due = self._labels
        yield Field(terms, self._written(self.terms), check=parse_terms, whole=True, id="terms")
        yield Field(due, day_text(self.due, language), check=self._read_due, whole=True, id="due")
        yield CurrencyField(self.currency, self._used_currencies)

    @property
    def _labels(self) -> tuple[str, str]:
        """The labels of the terms and of the due date: for an estimate, how long it is valid."""
        return (_("Valid for"), _("Until")) if self._estimate else (_("Terms"), _("Due"))

    def _written(self, terms: Terms) -> str:
        """The terms as `parse_terms` reads them back."""
        if self._estimate and not terms.rule:
            return ngettext("{days} day", "{days} days", terms.days).format(days=terms.days)
        return terms_text(terms)

    def show_number(self, number: str) -> None:
        """Show a new number for the next invoice."""
        if number != self._number:
            self._number = number
            self.query_one("#number", Label).update(_when_issued(number))

    def set_terms(self, terms: Terms) -> None:
        """Use a customer's terms."""
        self.terms = terms
        self._field("terms").text = self._written(terms)
        self._set_due()

    def set_currency(self, currency: str) -> None:
        """Use a customer's currency, unless the person has entered one."""
        if not self._currency_typed and currency != self.currency:
            self._take_currency(currency)
            self._field("currency").text = currency

    @property
    def typed_currency(self) -> str:
        """The currency that the person entered, or empty if it is the customer's or the company's."""
        return self.currency if self._currency_typed else ""

    def bring_back(self, invoice: Invoice, *, usual_currency: str) -> None:
        """Show the values of an earlier state of the invoice."""
        self.date, self.terms, self.due = invoice.date, invoice.payment_terms, invoice.due
        self.currency = invoice.currency
        self._currency_typed = invoice.currency != usual_currency
        self._before = (self.date, self.terms, self.due)
        for name, text in self._kept().items():
            self._field(name).text = text

    def write_kept(self) -> bool:
        """Replace invalid texts with the stored values. Return whether there were any."""
        kept = self._kept()
        wrong = [name for name in kept if self._field(name).problem]
        for name in wrong:
            self._field(name).text = kept[name]
            self._field(name).show_problem()
        return bool(wrong)

    def _kept(self) -> dict[str, str]:
        """Return the text of each value."""
        return {
            "date": day_text(self.date, spoken()),
            "terms": self._written(self.terms),
            "due": day_text(self.due, spoken()),
            "currency": self.currency,
        }

    def not_kept(self) -> tuple[Field | Lookup, str] | None:
        """Return the first invalid field and a sentence with the stored value, or None."""
        terms, due = self._labels
        labels = {"date": _("Date"), "terms": terms, "due": due, "currency": _("Currency")}
        for name, value in self._kept().items():
            field = self._field(name)
            if field.problem:
                return field, still(field, labels[name], value)
        return None

    # Date, terms and due date

    @on(Field.Changed, "#date")
    def _date_changed(self, event: Field.Changed) -> None:
        event.stop()
        # Partial input may be a valid date by chance, so an invalid text restores the value from before.
        day = self._before[0] if event.field.problem else self._read_date(event.text)
        if day != self.date:
            self.date = day
            self._set_due()

    @on(Field.Changed, "#terms")
    def _terms_changed(self, event: Field.Changed) -> None:
        event.stop()
        terms = self._before[1] if event.field.problem else parse_terms(event.text)
        if terms != self.terms:
            self.terms = terms
            self._set_due()

    @on(Field.Changed, "#due")
    def _due_changed(self, event: Field.Changed) -> None:
        event.stop()
        day = self._before[2] if event.field.problem else self._read_due(event.text)
        if day != self.due:
            self.due = day
            # From the terms before the first key, because a partial input can be an earlier day.
            _date, terms, due = self._before
            self.terms = terms if day == due else terms.without_month_end((day - self.date).days)
            self._field("terms").text = self._written(self.terms)
            self.post_message(self.Changed())

    def _set_due(self) -> None:
        self.due = min(self.terms.due(self.date), LAST)
        self._field("due").text = day_text(self.due, spoken())
        self.post_message(self.Changed())

    def _read_date(self, text: str) -> date:
        return parse_day(text, self._today)

    def _read_due(self, text: str) -> date:
        return check_due(self.date, parse_day(text, self._today, base=self.date))

    # The currency is the customer's, until the person enters another one.

    @on(LookupInput.Typed)
    def _currency_changed(self, event: LookupInput.Typed) -> None:
        event.stop()
        self._read_currency(event.text)

    @on(LookupInput.Taken)
    def _currency_chosen(self, event: LookupInput.Taken) -> None:
        event.stop()
        code = str(event.suggestion.value)
        self._field("currency").text = code
        self._read_currency(code)
        self.screen.focus_next()

    def _read_currency(self, text: str) -> None:
        field = self._field("currency")
        field.show_problem_later()
        if field.problem or (currency := parse_currency(text)) == self.currency:
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
        """Rewrite a value in its normal form."""
        for name, text in self._kept().items():
            field = self._field(name)
            if event.widget.parent is field and not field.problem:
                field.text = text

    def _field(self, name: str) -> Field | Lookup:
        field = self.query_one(f"#{name}", LabelledField)
        assert isinstance(field, Field | Lookup)
        return field


def still(field: Field | Lookup, label: str, value: str) -> str:
    """Return a sentence that says that the text of a field is not saved, and which value is."""
    text = field.text if len(field.text) <= _QUOTED else f"{field.text[:_QUOTED]}…"
    if not value:
        return _("“{text}” is not saved: {field} is still empty.").format(text=text, field=label)
    return _("“{text}” is not saved: {field} is still {value}.").format(text=text, field=label, value=value)


def _terms_of(invoice: Invoice) -> Terms:
    terms = invoice.payment_terms
    if terms.due(invoice.date) == invoice.due:
        return terms
    return terms.without_month_end(max((invoice.due - invoice.date).days, 0))


def _when_issued(number: str) -> Text:
    label = set_cell_size(_("Number"), _LABEL)
    return Text.assemble(label, " ", (_("{number} when issued").format(number=number), "dim"))
