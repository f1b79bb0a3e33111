"""What the screens and the mail are handed: customers, items, invoices and payments, all frozen."""

import functools
from dataclasses import dataclass, field, replace
from datetime import date as Day
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from facturier.models.books.contacts import Contact
from facturier.models.books.invoice_row import InvoiceRow as InvoiceRow
from facturier.models.books.naming import named, named_first
from facturier.models.books.status import Answer, BookStatus, InvoiceKind, PaymentKind, SettlementStatus, State, owed
from facturier.models.errors import InputError
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line, deposit_of
from facturier.models.settings.tax import TaxRate
from facturier.models.settings.totals import Pricing, Totals, totals
from facturier.models.text.dates.terms import Terms
from facturier.models.text.i18n import N_, spoken
from facturier.models.text.money import Money, exchange_rate

# What an invoice says in one line each, as its field and column are named, with the label.
ONE_LINE = {"reference": N_("PO number"), "project": N_("Project")}
# What an invoice keeps of its customer, by the names of both.
COPIED = ("name", "contact", "email", "cc", "bcc", "address", "language", "vat_id")


@dataclass(frozen=True, slots=True)
class Customer:
    """Someone who gets invoices.

    `contact`, `email`, `cc`, `bcc` and `address` are what an invoice copies. `email`, `cc` and `bcc` hold addresses
    separated by commas. A save derives the first four from `contacts`, and `address` from its parts, where there are
    any. `terms` is in days, None for the company's own, and `terms_rule` is explained at `Terms`. `language` is a key
    of LANGUAGES and decides the language of the document and the email. `currency` is what new invoices for them are
    in, empty for the company's own. `country` is an ISO 3166-1 code. `ship_to` is the address as it is printed. `notes`
    are never printed. An archived customer is not proposed for new invoices.
    """

    id: int | None = None
    name: str = ""
    contact: str = ""
    email: str = ""
    cc: str = ""
    bcc: str = ""
    address: str = ""
    language: str = ""
    terms: int | None = None
    tax: str = ""
    currency: str = ""
    telephone: str = ""
    contacts: tuple[Contact, ...] = ()
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    ship_to: str = ""
    business_number: str = ""
    qst_number: str = ""
    vat_id: str = ""
    notes: str = ""
    archived: bool = False
    terms_rule: str = ""

    def on_invoice(self) -> "Customer":
        """Only what an invoice keeps of the customer, so that two copies can be compared."""
        return Customer(self.id, **{name: getattr(self, name) for name in COPIED})


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is sold, with what a line of an invoice takes from it.

    `rate` is decimal text in the company's currency, and `rates` has the rates in other currencies by their code.
    `description` is in English and `description_fr` in French; if one is empty, the other one serves both languages.
    `tax` holds tax codes joined by `+`. `unit` is a code of UN/ECE Recommendation 20, such as HUR for hours. An
    archived item is no longer suggested.
    """

    name: str
    description: str = ""
    rate: str = ""
    tax: str = ""
    sku: str = ""
    description_fr: str = ""
    unit: str = ""
    rates: dict[str, str] = field(default_factory=dict)
    archived: bool = False

    def described(self, language: str) -> str:
        """Return the description in a language, or else in the other one."""
        if language == "fr":
            return self.description_fr or self.description
        return self.description or self.description_fr

    def rate_in(self, currency: str, usual: str) -> str:
        """Return the rate in a currency, empty if there is none. `usual` is the company's currency."""
        return self.rate if currency == usual else self.rates.get(currency, "")

    def offered(self, language: str, currency: str, usual: str) -> "Item":
        """Return the item with the description and the rate that an invoice in this language and currency takes."""
        return replace(self, description=self.described(language), rate=self.rate_in(currency, usual))


class Source(NamedTuple):
    """The invoice that a credit note corrects, or the estimate that an invoice comes from."""

    number: str
    date: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as the store has it, or a draft that is not saved yet (`id` None).

    `customer` is a copy made when the invoice was saved: later changes to the customer do not change an issued invoice.
    `rates` are the company's tax rates for a draft and the frozen ones for an issued invoice. `paid` is in minor units.
    `version` goes up with every save and guards against two windows saving over each other. `delivery` is what became
    of it on its way to the customer (see `facturier.models.books.sent`), None if nothing was tried. `reserved` is the
    number that a draft keeps after its send was undone.

    `discount`, `shipping`, `inclusive` and `per_line` are explained at `Pricing`. `deposit` was received before the
    invoice: decimal text, or a percentage of the total such as `30%`, which becomes an amount when it is issued.
    `exchange_rate` is decimal text: the company's currency for one of the invoice's. `service_from` and `service_to`
    are the first and the last day of the service. `notes` are never printed. `custom` has the text of each custom field
    by its name. `own_number` was typed for this invoice alone. `handed_over` says how it reached the customer without
    email. A credit note has negative quantities, and `source_id` is what it corrects; of an invoice, `source_id` is the
    estimate that it comes from. `source` has that document's number and date. The `due` of an estimate is the last day
    on which it is valid, and its `terms` are the days until then. `answer` is what the customer said to it, and
    `answered` the day of the answer. `refunded` is what of a credit note was paid back, in minor units.
    """

    id: int | None = None
    number: str | None = None
    reserved: str | None = None
    book_status: BookStatus = BookStatus.DRAFT
    customer: Customer = Customer()
    date: Day
    terms: int
    due: Day
    currency: str
    reference: str = ""
    project: str = ""
    lines: tuple[Line, ...] = ()
    rates: tuple[TaxRate, ...] = ()
    per_line: bool = False
    inclusive: bool = False
    discount: str = ""
    shipping: str = ""
    shipping_tax: str = ""
    deposit: str = ""
    exchange_rate: str = ""
    message: str = ""
    ship_to: str = ""
    service_from: Day | None = None
    service_to: Day | None = None
    notes: str = ""
    custom: dict[str, str] = field(default_factory=dict)
    own_number: str = ""
    terms_rule: str = ""
    handed_over: str = ""
    kind: InvoiceKind = InvoiceKind.INVOICE
    source_id: int | None = None
    source: Source | None = None
    answer: Answer = Answer.NONE
    answered: Day | None = None
    paid: int = 0
    refunded: int = 0
    delivery: State | None = None
    version: int = 0

    @property
    def is_credit(self) -> bool:
        return self.kind is InvoiceKind.CREDIT_NOTE

    @property
    def is_estimate(self) -> bool:
        return self.kind is InvoiceKind.ESTIMATE

    @property
    def called(self) -> str:
        """Its kind and number, inside a sentence."""
        return named(self.kind, self.number)

    @property
    def called_first(self) -> str:
        """Its kind and number, at the start of a sentence."""
        return named_first(self.kind, self.number)

    @property
    def ref(self) -> str:
        """What the command line calls it by: its number, the number reserved for it, or `@id`."""
        return self.known_number or f"@{self.id}"

    @property
    def known_number(self) -> str:
        """Its number, or the one that is reserved for it. Empty for other drafts: see `number_with`."""
        return self.number or self.reserved or ""

    def number_with(self, company: Company) -> str:
        """Return its number, or the number that it gets if it is issued now. A template gets none."""
        if self.kind is InvoiceKind.RECURRING:
            return ""
        return self.known_number or self.own_number or company.next_number(self.date, self.kind)

    @property
    def payment_terms(self) -> Terms:
        return Terms(self.terms, self.terms_rule)

    @property
    def early_discount(self) -> Money | None:
        """What is taken off for early payment, until `payment_terms.discount_until`, or None.

        It is a percentage of the price without taxes such as GST and QST: they are due on the full price in any case
        (Excise Tax Act, section 161). VAT is not due on what is taken off (Directive 2006/112/EC, article 79), so the
        percentage is of the price with VAT.
        """
        if self.payment_terms.discount is None or self.kind is not InvoiceKind.INVOICE:
            return None
        percent = self.payment_terms.discount[0]
        is_vat = {rate.code: bool(rate.category) for rate in self.rates}
        due_in_full = sum(tax.amount for tax in self.totals.taxes if not is_vat[tax.code])
        share = ((self.totals.total - due_in_full) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
        return Money(int(share), self.currency) if share > 0 else None

    @property
    def pricing(self) -> Pricing:
        return Pricing(self.per_line, self.inclusive, self.discount, self.shipping, self.shipping_tax)

    @property
    def totals(self) -> Totals:
        return _totals(self.lines, self.rates, self.currency, self.pricing, spoken())

    @property
    def total(self) -> Money:
        return Money(self.totals.total, self.currency)

    @property
    def balance(self) -> Money:
        """What is still to be paid; nothing on a void invoice."""
        if self.book_status is BookStatus.VOID:
            return Money(0, self.currency)
        return Money(self.totals.total - self.received, self.currency)

    @property
    def received(self) -> int:
        """What was paid, in minor units. The deposit becomes a payment when the invoice is issued."""
        return self.paid + (self.deposit_received if self.book_status is BookStatus.DRAFT else 0)

    @property
    def deposit_received(self) -> int:
        """The deposit in minor units; 0 while it is neither a number nor a percentage."""
        if not self.deposit:
            return 0
        try:
            return deposit_of(self.deposit, self.totals.total, self.currency)
        except InputError:
            return 0

    def converted(self, minor: int, currency: str) -> Money | None:
        """Return an amount of the invoice in the company's `currency` at its exchange rate. None if it has no rate, or
        is in that currency."""
        rate = None if currency == self.currency else exchange_rate(self.exchange_rate, self.currency, currency)
        return None if rate is None else Money(rate.of(minor), currency)

    def owed(self, today: Day) -> SettlementStatus:
        total = self.totals.total
        return owed(self.book_status, self.due, total, self.paid, today, self.kind, self.refunded)


# A draft is asked for its totals at every key and several times a save, each time as another object. A number that a
# person is typing depends on the language that they read.
@functools.lru_cache(maxsize=8)
def _totals(
    lines: tuple[Line, ...], rates: tuple[TaxRate, ...], currency: str, pricing: Pricing, _language: str
) -> Totals:
    return totals(lines, {rate.code: rate for rate in rates}, currency, pricing)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in for an invoice, or was credited; `amount` in minor units of the invoice's currency.

    `account` is where the money was deposited. `other_id` is the other document of a credit. `customer_payment_id` is
    what the customer paid at once, of which this is a part. The `reference` of a write-off is its reason.
    """

    id: int
    invoice_id: int
    date: Day
    amount: int
    method: str = ""
    kind: PaymentKind = PaymentKind.PAYMENT
    reference: str = ""
    account: str = ""
    other_id: int | None = None
    customer_payment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal: what happened (`kind`), when, by whom, and what proves it."""

    id: int
    invoice_id: int | None
    at: datetime
    user: str
    kind: str
    detail: dict[str, str]


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that a person must deal with. `kind` is a key of the screens' table of alerts. `sent` is when the
    invoice was sent by another delivery than the one that the alert is about, None where it was not."""

    id: int
    kind: str
    raised: datetime
    invoice_id: int | None
    number: str | None
    delivery_id: int | None
    detail: dict[str, str]
    sent: datetime | None = None
    document: InvoiceKind = InvoiceKind.INVOICE
