"""The copy of every email that the company sends to itself."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.notices.receipt import receipt_notice
from facturier.mail.notices.reminder import make_reminder
from facturier.mail.notices.statement import statement_email
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.compose import compose, keep
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.approval import what_counts
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import ByHand
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import InputError
from facturier.models.exports.company_file import company_lines, import_company
from facturier.models.issuing.by_hand import issue_by_hand
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_payment
from facturier.models.settings.company import check_sizes
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from tests.models.making import TODAY, Clock, a_store

OWN = "books@acme.example"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    (tmp_path / "out").mkdir()
    store = open_company(a_store(tmp_path, Clock(), connected=False).path, clock=Clock(), user="marie")
    save_company(store, replace(read_company(store), undo=0, copies=OWN))
    return open_workspace(store, Locations(tmp_path / "data", tmp_path / "log"), Endpoints())


def zenith(ws: Workspace, *, bcc: str = "boss@zenith.example") -> Customer:
    return save_customer(ws.store, Customer(name="Zénith", email="zoe@zenith.example", bcc=bcc))


def drafted(ws: Workspace, customer: Customer, days: int = 0) -> int:
    day = TODAY - timedelta(days)
    draft = replace(new_draft(ws.store, day, customer), due=day, terms=0, lines=(Line("Work", rate="10"),))
    return save_draft(ws.store, draft).id or 0


def test_every_email_has_the_copy_once(ws: Workspace) -> None:
    both, customer = ("boss@zenith.example", OWN), zenith(ws)
    invoice_id = drafted(ws, customer, 8)
    composition = compose(ws, invoice_id)
    assert composition.bcc == "boss@zenith.example, books@acme.example"
    delivery = queue(ws, prepare(ws, invoice_id, composition))
    assert delivery.envelope.bcc == both
    postman(ws).deliver()
    assert make_reminder(ws, invoice_id).notice.envelope.bcc == both
    by_hand = drafted(ws, customer, 8)
    issue_by_hand(ws.store, get_invoice(ws.store, by_hand), ByHand.PAPER, "")
    assert make_reminder(ws, by_hand).notice.envelope.bcc == both
    assert statement_email(ws, customer.id or 0, "CAD").envelope.bcc == both
    paid = CustomerPayment(customer_id=customer.id, date=TODAY, currency="CAD", amount=1000)
    assert receipt_notice(ws, receive_payment(ws.store, paid)).envelope.bcc == both
    # Who is named already gets it once.
    assert compose(ws, drafted(ws, zenith(ws, bcc=OWN.upper()))).bcc == OWN.upper()


def test_a_removed_copy_gets_no_reminder_and_an_address_of_one_invoice_stays(ws: Workspace) -> None:
    clock = ws.store.clock
    assert isinstance(clock, Clock)

    def set_copies(copies: str) -> None:
        clock.go(minutes=1)
        save_company(ws.store, replace(read_company(ws.store), copies=copies))
        clock.go(minutes=1)

    def sent(bcc: str, customer: Customer) -> int:
        invoice_id = drafted(ws, customer, 8)
        queue(ws, prepare(ws, invoice_id, replace(compose(ws, invoice_id), bcc=bcc)))
        postman(ws).deliver()
        return invoice_id

    def reminded(invoice_id: int) -> tuple[str, ...]:
        return make_reminder(ws, invoice_id).notice.envelope.bcc

    typed = "lawyer@zenith.example"
    before = sent(f"boss@zenith.example, {typed}, BOOKS@acme.example", zenith(ws))
    theirs = sent(OWN, zenith(ws, bcc=OWN))  # the customer has the address too
    assert reminded(before) == ("boss@zenith.example", typed, "BOOKS@acme.example")
    set_copies("new@acme.example")
    assert reminded(before) == ("boss@zenith.example", typed, "new@acme.example")
    assert reminded(theirs) == (OWN, "new@acme.example")
    after = sent(f"{OWN}, new@acme.example", zenith(ws))  # a person typed it on this invoice
    assert reminded(after) == (OWN, "new@acme.example")
    set_copies("")
    assert reminded(before) == ("boss@zenith.example", typed)
    assert reminded(after) == (OWN,)
    set_copies(OWN)
    assert reminded(before) == ("boss@zenith.example", typed, "BOOKS@acme.example")
    set_copies("")
    # A company that was exported knows it, too.
    lines = "".join(company_lines(ws.store))
    copy = import_company(io.StringIO(lines), ws.store.path.with_name("copy.facturier"), clock=clock)
    assert read_company(copy).removed_copies.keys() == {OWN, "new@acme.example"}


def test_an_email_that_was_typed_follows_the_setting_and_the_customer(ws: Workspace) -> None:
    customer = zenith(ws)
    invoice_id = drafted(ws, customer)
    typed = replace(compose(ws, invoice_id), subject="Mine", bcc="other@zenith.example")
    keep(ws, invoice_id, typed)
    assert compose(ws, invoice_id).bcc == "other@zenith.example"  # removed by a person
    for copies, bcc in (
        ("new@acme.example", "other@zenith.example, new@acme.example"),
        (f"{OWN}, new@acme.example", "other@zenith.example, new@acme.example"),
        ("", "other@zenith.example"),
        (OWN, "other@zenith.example"),  # as it was when the person removed it
    ):
        save_company(ws.store, replace(ws.company(), copies=copies))
        assert compose(ws, invoice_id).bcc == bcc
    save_customer(ws.store, replace(customer, contacts=(), bcc="new@zenith.example"))
    found = compose(ws, invoice_id)
    assert (found.subject, found.bcc) == ("Mine", "new@zenith.example, books@acme.example")


def test_members_approve_who_gets_a_copy_of_automatic_reminders(ws: Workspace) -> None:
    company = ws.company()
    assert what_counts(company) != what_counts(replace(company, copies="else@x.example"))
    # A company that has none keeps its approval.
    assert "copies" not in what_counts(replace(company, copies=""))
    with pytest.raises(InputError):
        check_sizes(replace(company, copies="a" * 100_000))
