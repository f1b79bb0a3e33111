"""Generate the demo company's books: about 300 invoices in every status, made by the same code as real ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from facturier.mail.practice.names import CUSTOMERS, items_in
from facturier.mail.sending.compose import first_composition
from facturier.models.books.invoice import Customer, Invoice, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import save_item
from facturier.models.outbox.changes import bounces, claims, outcomes, resolving
from facturier.models.outbox.delivery import Claim, Delivery, Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.payments.payments import record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.settings.line import Line
from facturier.models.settings.series import Place
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store.opening import create_company
from facturier.models.store.store import Store
from facturier.models.text.addresses import parse_addresses
from facturier.models.text.i18n import _, spoken

INVOICES = 300
DRAFTS = 12
_OWNER = "practice"
# Customers billed in another currency, whose amounts have other numbers of digits.
_ABROAD = {
    "Acme [EU] [/x]": "EUR",
    "Müller Optik": "EUR",
    "Kitsune Trading KK": "JPY",
    "Al Noor Holding": "KWD",
    "Quartz & Fils S.à r.l.": "EUR",
}
_RATES = {"JPY": Decimal(110), "KWD": Decimal("0.22"), "EUR": Decimal("0.67")}


@dataclass(slots=True)
class _Past:
    """A clock that follows the generated events and never passes `latest`."""

    now: datetime
    latest: datetime

    def __call__(self) -> datetime:
        return min(self.now, self.latest)


def make_books(
    path: Path,
    sent: Path,
    today: date,
    *,
    invoices: int = INVOICES,
    told: Callable[[int, int], None] | None = None,
    latest: datetime | None = None,
) -> None:
    """Create the demo company's file at `path`, with the folder `sent` as its default sender.

    The deliveries have no messages yet: see `facturier.mail.practice.messages`. The same `today` gives the same books.
    Their texts are in the language of `_()`. `invoices` is their number in addition to the drafts. `told(done, of)` is
    called at the start and after each of them. No event is later than `latest`, by default 23:00 UTC of `today`.
    """
    latest = latest or _at(today, 23)
    chance = Random(1042)  # noqa: S311 - sample data, not a secret
    clock = _Past(_at(today - timedelta(300), 9), latest)
    if told:
        told(0, invoices)
    store = create_company(path, clock=clock, user="marie")
    with store.writing():
        save_company(store, sample_company(sent, spoken()))
        items = items_in(spoken())
        for item in items:
            save_item(store, item)
        customers = [save_customer(store, customer) for customer in CUSTOMERS]
        days = sorted(today - timedelta(chance.randint(0, 290)) for _ in range(invoices))
        moments = [min(_at(day, 8 + position % 9, position % 60), latest) for position, day in enumerate(days)]
        company = read_company(store)
        series = company.series_of("invoice")
        first = series.place(today).n
        drafts = []
        for clock.now in moments:
            drafts.append(_draft(store, clock.now.date(), chance.choice(customers), items, chance))
        for position, draft in enumerate(drafts):
            clock.now = moments[position]
            numbered = company.with_series("invoice", series.continued(Place("", first + position)))
            _tell(store, clock, draft, numbered, invoices - position, today, chance)
            if told:
                told(position + 1, invoices)
        for position in range(DRAFTS):
            clock.now = _at(today, 7, position)
            _draft(store, today - timedelta(position // 3), customers[position], items, chance)


def sample_company(sent: Path, language: str) -> Company:
    """The company as the books begin, with the folder `sent` as its default sender."""
    numbers = "GST 123456789 RT0001\nQST 1234567890 TQ0001"
    if language == "fr":
        numbers = numbers.replace("GST", "TPS").replace("QST", "TVQ")
    return Company(
        name="Acme Conseil inc.",
        email="hello@acme.example",
        address="1200, avenue McGill College\nMontréal QC H3B 4G7",
        telephone="+1 514 555 0142",
        tax_numbers=numbers,
        currency="CAD",
        language=language,
        terms=30,
        messages={"en": "Thank you for your business.", "fr": "Nous vous remercions de votre confiance."},
        rates=(
            TaxRate("GST", Decimal(5)),
            TaxRate("QST", Decimal("9.975")),
            TaxRate("HST", Decimal(13)),
            TaxRate("VAT", Decimal(20)),
        ),
        sender=DefaultSender(kind="folder", address="hello@acme.example", folder=str(sent)),
        practice=str(sent),
        payment_texts={
            "en": "Please pay by transfer to account 815-30041-0123456, Caisse de la Cité.",
            "fr": "Veuillez payer par virement au compte 815-30041-0123456, Caisse de la Cité.",
        },
    )


def _draft(store: Store, day: date, customer: Customer, items: Sequence[Item], chance: Random) -> Invoice:
    draft = new_draft(store, day, customer)
    currency = _ABROAD.get(customer.name, draft.currency)
    lines = []
    for item in chance.sample(items[:-1], chance.choice((1, 1, 2, 2, 3, 4))):
        rate = Decimal(item.rate) * _RATES.get(currency, Decimal(1))
        quantity = str(chance.randint(1, 12)) if rate > 1 else str(chance.randint(40, 900))
        lines.append(
            Line(
                item.description,
                item.name,
                quantity,
                str(rate.quantize(Decimal("0.001") if currency == "KWD" else Decimal("0.01"))),
                "" if currency in _RATES else item.tax,
            )
        )
    if chance.random() < 0.06 and currency not in _RATES:
        lines.append(Line(items[-1].description, items[-1].name, "1", "-50.00", "GST+QST"))
    reference = f"PO-{chance.randint(1000, 9999)}" if chance.random() < 0.3 else ""
    return save_draft(store, replace(draft, currency=currency, lines=tuple(lines), reference=reference))


def _tell(
    store: Store, clock: _Past, draft: Invoice, company: Company, from_end: int, today: date, chance: Random
) -> None:
    """Generate the events of one invoice. The last ones, counted from the end, include one of every rare kind."""
    assert draft.id is not None
    if from_end in (4, 31):
        issue_invoice(store, draft)  # issued but never sent
        return
    if from_end in (60, 150):
        issue_invoice(store, draft)
        void_invoice(store, draft.id, _("Ordered by mistake"))
        return
    delivery = _queue(store, draft, company, _at(today + timedelta(30), 14) if from_end == 2 else clock())
    if from_end == 2:
        return  # stays scheduled
    if from_end == 9:
        resolving.cancel_delivery(store, delivery.id)
        return
    claim = _claim(store)
    if from_end in (5, 22):
        outcomes.refused(store, claim, _("The mailbox does not exist."), "550 5.1.1 The email account does not exist")
        return
    outcomes.hand_over(store, claim, "")
    if from_end in (6, 40):
        outcomes.lost(store, claim, _("The connection was lost after the message, before the server’s answer."))
        return
    if from_end == 17:
        others = {"archive@acme.example": "550 5.1.1 no such user"}
        outcomes.partly_accepted(store, claim, f"practice-{delivery.id}", others)
        return
    outcomes.accepted(store, claim, f"practice-{delivery.id}", "250 2.0.0 OK")
    if from_end == 26:
        reason = {delivery.envelope.to[0]: "550 5.2.2 mailbox full"}
        bounces.report_bounce(store, delivery.id, reason)
    _settle(store, clock, get_invoice(store, draft.id), today, chance)


def _settle(store: Store, clock: _Past, invoice: Invoice, today: date, chance: Random) -> None:
    """Record the payment: most customers pay on time, some late, some in part, some not yet."""
    assert invoice.id is not None
    paid_on = invoice.due + timedelta(chance.randint(-18, 12))
    luck = chance.random()
    if paid_on > today or luck < 0.04:
        return
    clock.now = max(clock.now, _at(paid_on, 16))
    total = invoice.total.minor
    if luck < 0.06:
        _credit(store, clock, invoice, paid_on)
    elif luck < 0.1 and total > 1:
        record_payment(store, invoice.id, paid_on, total // 2, _("Transfer"))
    elif total:
        record_payment(store, invoice.id, paid_on, total, chance.choice((_("Transfer"), _("Card"), _("Cheque"))))


def _credit(store: Store, clock: _Past, invoice: Invoice, day: date) -> None:
    """Credit all of an invoice, and send the credit note, which is applied to it."""
    assert invoice.id is not None
    note = credit_invoice(store, invoice.id, day)
    assert note.id is not None
    delivery = _queue(store, note, read_company(store), clock())
    claim = _claim(store)
    outcomes.hand_over(store, claim, "")
    outcomes.accepted(store, claim, f"practice-{delivery.id}", "250 2.0.0 OK")


def _queue(store: Store, draft: Invoice, company: Company, not_before: datetime) -> Delivery:
    """Queue the invoice without its message, which `messages.make_message` adds: 300 PDFs take ten seconds."""
    composition = first_composition(draft, company, SenderKind.DEFAULT)
    number = draft.number_with(company)
    envelope = Envelope(company.sender.address, parse_addresses(composition.to))
    return queue_delivery(store, draft, number, SenderKind.DEFAULT, envelope, composition.subject, None, not_before)


def _claim(store: Store) -> Claim:
    delivery = claims.claim_next(store, _OWNER)
    assert delivery is not None
    return Claim(delivery.id, delivery.owner, delivery.epoch)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)
