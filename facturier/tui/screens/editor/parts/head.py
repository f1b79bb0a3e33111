"""The customer of an invoice, and next to it the dates."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.events import DescendantBlur, Key
from textual.message import Message
from textual.widgets import Label

from facturier.models.books.customers import customer_named, find_customers, get_customer
from facturier.models.books.invoice import COPIED, ONE_LINE, Customer, Invoice
from facturier.models.drafts.drafts import usual_terms
from facturier.models.listing.totals import currencies
from facturier.models.settings.company import Company
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import LANGUAGES, _
from facturier.models.text.limits import ADDRESSES, NAME
from facturier.models.text.search_text import fold
from facturier.tui.screens.editor.parts.head_terms import InvoiceTerms, still
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.inputs.lookup import Lookup, LookupInput, Suggestion
from facturier.tui.widgets.inputs.one_line import Joined


class InvoiceHead(Container):
    """Customer, email and one-line texts on the left; number, date, terms, due date and currency on the right.

    It has the last valid values. An invalid field keeps its text and shows the problem. Posts `Changed` after every
    change.
    """

    DEFAULT_CLASSES: ClassVar[str] = "invoice-head region"

    class Changed(Message):
        """One of the values changed."""

    class CustomerChosen(Message):
        """A known customer was chosen with `key`, which is empty if the name was only entered."""

        def __init__(self, before: Customer, customer: Customer, key: str) -> None:
            super().__init__()
            self.before = before
            self.customer = customer
            self.key = key

    class CurrencyChanged(Message):
        """The invoice has another currency."""

        def __init__(self, currency: str) -> None:
            super().__init__()
            self.currency = currency

    class CustomerWanted(Message):
        """The person wants to create a customer with a new name."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, store: Store, company: Company, today: date, invoice: Invoice) -> None:
        super().__init__()
        self.border_title = _("Customer")
        self._store = store
        self._company = company
        self._estimate = invoice.is_estimate
        self._customer = invoice.customer
        self._chosen = invoice.customer if invoice.customer.id is not None else Customer()
        self._texts = {name: getattr(invoice, name) for name in ONE_LINE}
        self._fields: list[LabelledField] = []  # once they are there
        self._terms = InvoiceTerms(
            invoice,
            today,
            number=invoice.number_with(company),
            usual_currency=self._usual_currency(invoice.customer),
            used_currencies=lambda: currencies(store),
        )

    def compose(self) -> ComposeResult:
        customer = self._customer
        with Vertical(id="head-left"):
            yield Lookup(
                _("Name"),
                customer.name,
                find=self._find,
                most=NAME,
                placeholder=_("Type to search"),
                id="customer",
            )
            yield Label(self._about(), markup=False, id="about", classes="field-entry")
            yield Field(
                _("Email"),
                customer.email,
                check=_check_addresses,
                joined=Joined.ADDRESSES,
                most=ADDRESSES,
                id="email",
            )
            for name, label in ONE_LINE.items():
                yield Field(_(label), self._texts[name], whole=True, most=NAME, id=name)
        yield self._terms

    def on_mount(self) -> None:
        self._fields = [*self.query(LabelledField)]
        for field in self._fields:
            field.below = False  # the screen shows problems in one place, so that nothing moves

    def bring_back(self, invoice: Invoice) -> None:
        """Show the values of an earlier state of the invoice."""
        self._customer = invoice.customer
        self._chosen = self._stored(invoice.customer) or Customer()
        self.lookup.input.put(invoice.customer.name)
        self.lookup.show_problem()
        self._field("email").text = invoice.customer.email
        self._texts = {name: getattr(invoice, name) for name in ONE_LINE}
        for name, text in self._texts.items():
            self._field(name).text = text
        self._terms.bring_back(invoice, usual_currency=self._usual_currency(invoice.customer))
        self._show_about()

    def write_kept(self) -> bool:
        """Replace invalid texts with the stored values. Return whether there were any."""
        wrong = [(field, value) for field, _label, value in self._texts_kept() if field.problem]
        for field, value in wrong:
            field.text = value
            field.show_problem()
        return self._terms.write_kept() or bool(wrong)

    def _texts_kept(self) -> Iterator[tuple[Field | Lookup, str, str]]:
        """Yield the fields that do not save a text that is too long, with their labels and stored values."""
        yield self.lookup, _("Name"), self._customer.name
        for name, label in ONE_LINE.items():
            yield self._field(name), _(label), self._texts[name]

    @property
    def shown_problem(self) -> str:
        """The shown problem: of the focused field, or else of the first one that has one."""
        shown = [field for field in self._fields if field.shown_problem]
        shown.sort(key=lambda field: not field.has_focus_within)
        return shown[0].shown_problem if shown else ""

    def apply(self, invoice: Invoice) -> Invoice:
        """Return the invoice with the values of these fields."""
        return replace(
            invoice,
            customer=self._customer,
            date=self._terms.date,
            terms=self._terms.terms.days,
            terms_rule=self._terms.terms.rule,
            due=self._terms.due,
            currency=self._terms.currency,
            **self._texts,
        )

    def show_number(self, number: str) -> None:
        """Show a new number for the next invoice."""
        self._terms.show_number(number)

    @property
    def customer(self) -> Customer:
        """The customer. It has no id while the name is not that of a known customer."""
        return self._customer

    @property
    def lookup(self) -> Lookup:
        return self.query_one("#customer", Lookup)

    def choose(self, customer: Customer, key: str = "", *, known_as: Customer | None = None) -> None:
        """Use a known customer, with email, terms, currency, tax and language.

        If the customer was already used and then edited, `known_as` is the earlier state. Only the differences are then
        taken over, because the other values may have been entered for this invoice.
        """
        before, self._chosen = self._chosen, customer
        known = known_as or Customer()
        email = customer.email if customer.email != known.email else self._customer.email
        self._customer = replace(customer, email=email)
        self.lookup.input.put(customer.name)
        self.lookup.show_problem()
        self._field("email").text = email
        changed = known_as is None or (customer.terms, customer.terms_rule) != (known.terms, known.terms_rule)
        if changed and not self._estimate:
            self._terms.set_terms(usual_terms(customer, self._company))
        if known_as is None or customer.currency != known.currency:
            self._terms.set_currency(customer.currency or self._company.currency)
        self._show_about()
        self.post_message(self.CustomerChosen(known_as or before, customer, key))
        self.post_message(self.Changed())

    def follow(self, before: Customer, after: Customer) -> None:
        """Show a change that was made to the customer elsewhere, except in fields where something else was entered."""
        mine = self._customer
        if mine.id is None or mine.id != after.id or mine.name != before.name:
            return
        followed = {
            name: getattr(after, name)
            for name in COPIED
            if getattr(mine, name) == getattr(before, name) != getattr(after, name)
        }
        if not followed:
            return
        self._customer = replace(mine, **followed)
        self._chosen = get_customer(self._store, mine.id) or self._customer
        if "name" in followed:
            self.lookup.input.put(self._customer.name)
        if "email" in followed:
            self._field("email").text = self._customer.email
        self._show_about()

    def settle_customer(self) -> bool:
        """Use the customer whose full name was entered. If there is none, show that and return False."""
        if self._too_long():
            return False
        name = self._customer.name
        if self._customer.id is None and name and (known := customer_named(self._store, name)):
            self.choose(known)
        if self._customer.id is None:
            unknown = _("The customer “{name}” does not exist yet. Press F4 to create it.").format(name=name)
            self.lookup.show_problem(unknown if name else "")
        return self._customer.id is not None

    def first_problem(self) -> Field | Lookup | None:
        """Return the first invalid field, or None."""
        fields = (field for field in self.query(LabelledField) if isinstance(field, Field | Lookup))
        return next((field for field in fields if field.problem), None)

    def not_kept(self) -> tuple[Field | Lookup, str] | None:
        """Return the first invalid field and a sentence with the stored value, or None."""
        for field, label, value in self._texts_kept():
            if field.problem:
                return field, still(field, label, value)
        return self._terms.not_kept()

    @property
    def shows_not_kept(self) -> bool:
        """Whether a field shows that its text is not saved."""
        not_kept = self.not_kept() if self.shown_problem else None
        return not_kept is not None and bool(not_kept[0].shown_problem)

    # Customer

    def _find(self, text: str) -> tuple[Sequence[Suggestion], int]:
        if len(text) > NAME:
            return (), -1
        found = find_customers(self._store, text)
        suggestions = [Suggestion(customer.name, customer, customer.email) for customer in found]
        if text and all(fold(customer.name) != fold(text) for customer in found):
            suggestions.append(Suggestion(_("New customer “{name}”").format(name=text), text))
        return suggestions, 0 if text else -1

    @on(LookupInput.Typed)
    def _customer_typed(self, event: LookupInput.Typed) -> None:
        event.stop()
        if self._too_long():
            return
        # The name is saved with the draft at once, but it is a customer only after it was chosen. Values that came from
        # the previous customer are removed.
        if self._chosen.name and event.text == self._chosen.name:
            self._customer = self._chosen
        else:
            email = self._customer.email
            own_email = email if email != self._chosen.email else ""
            self._customer = Customer(name=event.text, email=own_email)
        self._field("email").text = self._customer.email
        self.lookup.show_problem()
        self._show_about()
        self.post_message(self.Changed())

    def _too_long(self) -> bool:
        """Return whether the name is too long to be saved, and show the problem."""
        if problem := self.lookup.problem:
            self.lookup.show_problem(problem)
        return bool(problem)

    @on(LookupInput.Taken)
    def _customer_taken(self, event: LookupInput.Taken) -> None:
        event.stop()
        if isinstance(event.suggestion.value, Customer):
            self.choose(event.suggestion.value, event.key)
        else:
            self.post_message(self.CustomerWanted(str(event.suggestion.value)))

    def _show_about(self) -> None:
        about = self.query_one("#about", Label)
        if self._about() != str(about.content):
            about.update(self._about())

    def _about(self) -> str:
        if self._customer.id is None:
            return ""
        language = LANGUAGES.get(self._customer.language or self._company.language, "")
        return ", ".join(part for part in (clean(self._customer.contact), language) if part)

    # Email and one-line texts

    @on(Field.Changed, "#email")
    def _email_changed(self, event: Field.Changed) -> None:
        event.stop()
        if event.text != self._customer.email:
            self._customer = replace(self._customer, email=event.text)
            self.post_message(self.Changed())

    @on(Field.Changed, ", ".join(f"#{name}" for name in ONE_LINE))
    def _text_changed(self, event: Field.Changed) -> None:
        event.stop()
        name = event.field.id or ""
        if event.text != self._texts[name] and not event.field.problem:
            self._texts[name] = event.text
            self.post_message(self.Changed())

    # Terms and currency. Messages that these post while a customer is chosen here do not reach the screen, because
    # Textual stops a message at the widget that caused it.

    @on(InvoiceTerms.CurrencyChanged)
    def _currency_changed(self, event: InvoiceTerms.CurrencyChanged) -> None:
        event.stop()
        self.post_message(self.CurrencyChanged(event.currency))

    @on(InvoiceTerms.Changed)
    def _terms_changed(self, event: InvoiceTerms.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    @property
    def currency(self) -> str:
        """The currency that the person entered, or empty if it is the customer's or the company's."""
        return self._terms.typed_currency

    def _usual_currency(self, customer: Customer) -> str:
        stored = self._stored(customer)
        return (stored.currency if stored else "") or self._company.currency

    def _stored(self, customer: Customer) -> Customer | None:
        return get_customer(self._store, customer.id) if customer.id is not None else None

    # Keys and focus

    def on_key(self, event: Key) -> None:
        if event.key in ("up", "down"):
            event.stop()
            self.screen.focus_next() if event.key == "down" else self.screen.focus_previous()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        if event.widget is self.lookup.input:
            self.settle_customer()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)


def _check_addresses(text: str) -> None:
    from facturier.models.text.addresses import parse_addresses

    parse_addresses(text)
