"""A small company for the tests of the screens: a real file, a real outbox, and mail into a folder."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.models.books.customers import customer_named
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.changes.outcomes import accepted, hand_over, lost, refused
from facturier.models.outbox.delivery import Claim, Delivery, Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store, utc_now
from tests.models.making import Clock, new_company, next_number

OWNER = "a test"


class Shop:
    """A company in `folder`, with methods for what happens in it.

    `store` is another person's window, not the app's. `user` is the person, by default the one who runs the tests.
    """

    def __init__(self, folder: Path, *, clock: Clock | None = None, user: str = "") -> None:
        self.mail = folder / "mail"
        self.mail.mkdir()
        path = folder / "acme.facturier"
        self.store = new_company(path, clock=clock, user=user)
        rates = (TaxRate("GST", Decimal(5)),)
        sender = DefaultSender(kind="folder", address="hello@acme.example", folder=str(self.mail))
        company = Company(
            name="Acme [EU] [/x]",
            email="hello@acme.example",
            tax_numbers="GST 123456789 RT0001",
            rates=rates,
            sender=sender,
            undo=0,
        )
        save_company(self.store, company)
        store = open_company(path, clock=clock or utc_now, user=user)
        self.ws = open_workspace(store, Locations(folder / "data", folder / "log"), Endpoints())
        self.today = self.ws.today()

    def draft(self, name: str = "Boulangerie Tremblay", rate: str = "100", day: date | None = None) -> Invoice:
        customer = customer_named(self.store, name) or Customer(name=name, email="compta@tremblay.example")
        draft = new_draft(self.store, day or self.today, customer)
        lines = (Line("October, on site", "Consulting", "1", rate, "GST"),)
        return save_draft(self.store, replace(draft, due=draft.date + timedelta(30), lines=lines))

    def issued(self, name: str = "Boulangerie Tremblay", rate: str = "100", day: date | None = None) -> Invoice:
        return issue_invoice(self.store, self.draft(name, rate, day))

    def queued(self, name: str = "Boulangerie Tremblay", seconds: float = 3600) -> Delivery:
        """Queue an invoice that will be sent after a number of seconds."""
        draft = self.draft(name)
        message = f"Message-ID: <{draft.id}@acme.example>\r\nSubject: Invoice\r\n\r\nHello\r\n".encode()
        return queue_delivery(
            self.store,
            draft,
            next_number(self.store),
            SenderKind.DEFAULT,
            Envelope("hello@acme.example", ("compta@tremblay.example",)),
            f"Invoice for {name}",
            message,
            self.store.clock() + timedelta(seconds=seconds),
        )

    def sent(self, name: str = "Boulangerie Tremblay") -> Delivery:
        return accepted(self.store, self._handed_over(name), "id-1")

    def failed(self, name: str = "Boulangerie Tremblay", reply: str = "550 No such user [here]") -> Delivery:
        return refused(self.store, self._claimed(name), reply)

    def doubtful(self, name: str = "Boulangerie Tremblay") -> Delivery:
        return lost(self.store, self._handed_over(name), "The line dropped.")

    def invoice(self, invoice_id: int | None) -> Invoice:
        assert invoice_id is not None
        return get_invoice(self.store, invoice_id)

    def _claimed(self, name: str) -> Claim:
        self.queued(name, -1)
        delivery = claim_next(self.store, OWNER)
        assert delivery is not None
        return Claim(delivery.id, OWNER, delivery.epoch)

    def _handed_over(self, name: str) -> Claim:
        claim = self._claimed(name)
        hand_over(self.store, claim, "")
        return claim


def other_window(shop: Shop) -> Store:
    """Return the same company, opened by another person."""
    return open_company(shop.store.path)
