"""The companies in the pictures. Each is built once, and every picture starts with the same files."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from facturier.mail.google.client import OAuthClient
from facturier.mail.google.connection import accept_grant
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.google.grant import SCOPES, Grant
from facturier.mail.locations import Locations
from facturier.mail.new_company import new_company
from facturier.mail.notices.notice import send_notice
from facturier.mail.notices.reminder import make_reminder
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.company import Practice
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.members import request_access
from facturier.models.books.invoice import Customer, Invoice, Item
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import Answer, ByHand, InvoiceKind, PeriodUnit, Prices, RecurringAction
from facturier.models.company.checklist import show_checklist
from facturier.models.company.recent import remember_company
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.estimates.answers import record_answer
from facturier.models.estimates.billing import bill_estimate
from facturier.models.issuing.by_hand import mark_sent
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import save_item
from facturier.models.payments.payments import record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.making import make_invoice
from facturier.models.recurring.pausing import pause_schedule, skip_period
from facturier.models.recurring.periods import Rhythm
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store.opening import open_company
from tests.mail.vault.wrapping import wrap_quickly
from tests.models.making import Clock
from tests.tui.snapshots.still import NOW, USER, Shown, folder
from tests.tui.support.sample import Shop

GMAIL = "billing@acme.example"
SIMULATOR = "http://127.0.0.1:8025"
CLIENT = OAuthClient("204817-bakery.apps.googleusercontent.com", "GOCSPX-pictured", "acme")


def empty(shop: Shop) -> None:
    """Create no more than the settings."""


def fresh(shop: Shop) -> None:
    """Create a new company with its checklist."""
    with shop.store.writing():
        show_checklist(shop.store, shown=True)


def books(shop: Shop) -> None:
    """Create an invoice in every state, and another company."""
    _settings(shop)
    _customers(shop)
    _items(shop)
    with _days_ago(shop, 75):
        shop.sent("Garage Lévesque")
    with _days_ago(shop, 50):
        part = shop.issued("Atelier Côté", "480")
    with _days_ago(shop, 40):
        whole = shop.issued("Boulangerie Tremblay", "320")
    with _days_ago(shop, 21):
        void_invoice(shop.store, shop.issued("Clinique du Parc", "90").id or 0, "wrong customer")
    with _days_ago(shop, 12):
        record_payment(shop.store, part.id or 0, shop.today, 20000, "cheque")
        record_payment(shop.store, whole.id or 0, shop.today, whole.total.minor, "transfer")
    with _days_ago(shop, 3):
        shop.sent("Boulangerie Tremblay")
    with _days_ago(shop, 2):
        shop.failed("Garage Lévesque")
    with _days_ago(shop, 1):
        shop.doubtful("Clinique du Parc")
    shop.queued("Atelier Côté")
    shop.draft("Imprimerie Nord-Sud", "12500.5")
    shop.draft("Boulangerie Tremblay")
    other = shop.store.path.with_name("bakery.facturier")
    new_company(other, name="Bakery [b]", email="hello@bakery.example", currency="EUR", language="fr")
    remember_company(shop.ws.locations.data, other)
    remember_company(shop.ws.locations.data, shop.store.path)


def credited(shop: Shop) -> None:
    """The same with a credit note for a paid invoice."""
    books(shop)
    paid = find_invoice(shop.store, "1003").id or 0
    issue_invoice(shop.store, credit_invoice(shop.store, paid, shop.today))
    credit_invoice(shop.store, find_invoice(shop.store, "1002").id or 0, shop.today, amount=5000)


def abroad(shop: Shop) -> None:
    """Create an invoice in another currency, without an exchange rate."""
    _settings(shop)
    issue_invoice(shop.store, save_draft(shop.store, replace(shop.draft("Garage Lévesque"), currency="EUR")))


def estimates(shop: Shop) -> None:
    """Create an estimate in every state."""
    _settings(shop)
    found = [_estimate(shop, 45 - 4 * n, name) for n, name in enumerate(("Atelier Côté", "Garage Lévesque") * 3)]
    _expired, sent, accepted, declined, part, whole = (estimate.id or 0 for estimate in found)
    mark_sent(shop.store, sent, ByHand.PAPER, "at the fair")
    for answered, answer in ((accepted, Answer.ACCEPTED), (declined, Answer.DECLINED), (part, Answer.ACCEPTED)):
        record_answer(shop.store, answered, answer, shop.today)
    issue_invoice(shop.store, bill_estimate(shop.store, part, shop.today, percent=Decimal(30)))
    bill_estimate(shop.store, part, shop.today, lines=[1])
    bill_estimate(shop.store, whole, shop.today)
    draft = new_draft(shop.store, shop.today, Customer(name="Clinique du Parc"), InvoiceKind.ESTIMATE)
    save_draft(shop.store, replace(draft, lines=(Line("Windows", rate="4800", tax="GST"),)))


def _estimate(shop: Shop, age: int, name: str) -> Invoice:
    day = shop.today - timedelta(age)
    draft = new_draft(shop.store, day, Customer(name=name, email="a@atelier.example"), InvoiceKind.ESTIMATE)
    lines = (Line("Kitchen, as discussed", rate="7200", tax="GST"), Line("Lamps", "", "4", "85", "GST"))
    return issue_invoice(shop.store, save_draft(shop.store, replace(draft, lines=lines)))


def chased(shop: Shop) -> None:
    """Create invoices that are late, one with an earlier reminder."""
    _settings(shop)
    for days, name in ((80, "Garage Lévesque"), (53, "Atelier Côté"), (38, "Boulangerie Tremblay")):
        with _days_ago(shop, days):
            shop.sent(name)
    with _days_ago(shop, 12):
        send_notice(shop.ws, make_reminder(shop.ws, 2).notice)
        postman(shop.ws).deliver()


def recurring(shop: Shop) -> None:
    """The same with schedules that are not due: one active, one paused, one that has ended."""
    books(shop)
    month, today = PeriodUnit.MONTH, shop.today
    rent, service, over = (find_invoice(shop.store, number).id or 0 for number in ("1002", "1003", "1001"))
    first = today.replace(day=1) - timedelta(1)
    active = create_schedule(shop.store, rent, Rhythm(1, month, first), action=RecurringAction.SEND)
    draft = make_invoice(shop.store, active.id, first, today)
    assert draft is not None
    issue_invoice(shop.store, draft)
    weekly = Rhythm(2, PeriodUnit.WEEK, today + timedelta(3), until=today + timedelta(200))
    pause_schedule(shop.store, create_schedule(shop.store, service, weekly, prices=Prices.CURRENT).id)
    ended = create_schedule(shop.store, over, Rhythm(1, PeriodUnit.YEAR, today + timedelta(9), most=1))
    skip_period(shop.store, ended.id, today + timedelta(9))


def sent(shop: Shop) -> None:
    """Create an invoice that was sent from the screens, with its PDF."""
    _settings(shop)
    draft = shop.draft()
    assert draft.id is not None
    queue(shop.ws, prepare(shop.ws, draft.id, compose(shop.ws, draft.id)), not_before=shop.store.clock())
    postman(shop.ws).deliver()


def blocked(shop: Shop) -> None:
    """Create drafts that can be sent, that have warnings, and that cannot be sent."""
    shop.draft("Boulangerie Tremblay")
    nothing = shop.draft("Atelier Côté")
    save_draft(shop.store, replace(nothing, lines=(replace(nothing.lines[0], rate="0"),)))
    nobody = shop.draft("Garage Lévesque")
    save_draft(shop.store, replace(nobody, customer=replace(nobody.customer, email="")), keep_customer=False)


def leaving(shop: Shop) -> None:
    """Create an invoice that is about to be sent."""
    shop.draft("Imprimerie Nord-Sud")
    shop.queued("Boulangerie Tremblay", 50)


def gmail(shop: Shop) -> None:
    """Connect Gmail, with a member and an access request."""
    shop.draft()
    with _days_ago(shop, 20):
        _settings(shop)
        accept_grant(shop.ws, Grant(GMAIL, CLIENT, "1//pictured", SCOPES))
    path = shop.store.path
    other = Locations(path.with_name("paul"), path.with_name("paul.log"))
    request_access(open_workspace(open_company(path, clock=shop.store.clock, user="paul"), other, shop.ws.endpoints))


def locked(shop: Shop) -> None:
    """Protect the person's key with a passphrase."""
    gmail(shop)
    wrap_quickly(shop.ws.keys.identity, "xyz")


def practising(shop: Shop) -> None:
    """Create the demo company."""
    save_company(
        shop.store, replace(read_company(shop.store), practice=str(shop.store.path.with_name("practice") / "sent"))
    )


def _settings(shop: Shop) -> None:
    company = replace(
        read_company(shop.store),
        address="12 rue Principale\nMontréal QC  H2X 1Y4",
        telephone="+1 514 555 0100",
        tax_numbers="GST 123456789 RT0001\nQST 1234567890 TQ0001",
        rates=(TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975"))),
        messages={"en": "Thank you for your business.", "fr": "Merci de votre confiance."},
        payment_texts={"en": "By transfer to 815-30000-1234567.", "fr": "Par virement au 815-30000-1234567."},
        undo=10,
    )
    save_company(shop.store, company)


def _customers(shop: Shop) -> None:
    for customer in (
        Customer(name="Boulangerie Tremblay", contact="Luc Tremblay", email="compta@tremblay.example", language="fr",
                 address="8 avenue du Four\nQuébec QC  G1R 2B5"),
        Customer(name="Garage Lévesque", email="garage@levesque.example", cc="lise@levesque.example"),
        Customer(name="Atelier Côté", email="atelier@cote.example"),
        Customer(name="Clinique du Parc", email="accueil@parc.example", terms=15),
        Customer(name="Imprimerie Nord-Sud", email="factures@nordsud.example"),
    ):  # fmt: skip
        save_customer(shop.store, customer)


def _items(shop: Shop) -> None:
    for item in (
        Item("Bookkeeping", "Monthly bookkeeping", "95", "GST+QST", "TDL-1", "Tenue de livres mensuelle", "HUR",
             {"USD": "70", "EUR": "64.50"}),
        Item("Déplacement", "Travel", "0.68", "GST", description_fr="Déplacement", unit="KMT"),
        Item("Old rate [2024]", rate="80", archived=True),
        Item("Training day", rates={"EUR": "900"}, unit="DAY"),
    ):  # fmt: skip
        save_item(shop.store, item)


@contextmanager
def _days_ago(shop: Shop, days: int) -> Iterator[None]:
    clock = shop.store.clock
    assert isinstance(clock, Clock)
    now = clock.now
    clock.now = now - timedelta(days)
    shop.today = shop.ws.today()
    try:
        yield
    finally:
        clock.now = now
        shop.today = shop.ws.today()


class Kept:
    """A company in the folder where it was built, because in any other folder it would be a copy."""

    def __init__(self, build: Callable[[Shop], None], folder: Path, aside: Path, shown: Shown) -> None:
        self._aside = aside
        self.folder = folder
        self.clock = Clock(NOW - timedelta(120))
        self.shop = Shop(folder, clock=self.clock, user=USER)
        self.clock.now = NOW
        self.shop.today = self.shop.ws.today()
        build(self.shop)
        self._practice = Practice(folder / "practice") if build is practising else None
        if (folder / "data" / "identity").exists():
            shown.put(self.shop.ws.keys.identity.fingerprint, "KZ4Q-7WNT-M2PA-XH6C")
        shutil.copytree(folder, aside)

    def begin_again(self) -> Shop:
        """Restore and return the company. Its file is overwritten, because a new file would also be a copy."""
        kept = {path.relative_to(self._aside) for path in self._aside.rglob("*")}
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.relative_to(self.folder) not in kept:
                path.rmdir() if path.is_dir() else path.unlink()
        for name in sorted(kept):
            source, target = self._aside / name, self.folder / name
            if source.is_dir():
                target.mkdir(exist_ok=True)
            else:
                shutil.copy2(source, target)
        store = open_company(self.shop.store.path, clock=self.clock, user=USER)
        endpoints = google_endpoints({"FACTURIER_GOOGLE": SIMULATOR} if self._practice else {})
        self.shop.ws = open_workspace(store, self.shop.ws.locations, endpoints, practice=self._practice)
        return self.shop


COMPANIES = {
    build.__name__: build
    for build in (
        *(abroad, empty, fresh, books, chased, credited, estimates, recurring, sent, blocked, leaving, gmail, locked),
        practising,
    )
}


@contextmanager
def companies(aside: Path) -> Iterator[tuple[Callable[[str], Shop], Shown]]:
    """Yield a function that returns a company as it was built, and the random texts in all of them."""
    shown, built = Shown(), dict[str, Kept]()
    with ExitStack() as stack:

        def company(name: str) -> Shop:
            if name not in built:
                built[name] = Kept(COMPANIES[name], stack.enter_context(folder(shown)), aside / name, shown)
            return built[name].begin_again()

        yield company, shown
