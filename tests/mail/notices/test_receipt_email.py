"""Receipts as a PDF and as an email: what they say, and that each is sent once and only while it is true."""

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from facturier.mail.errors import LetterError, Refused
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.notices.receipt import receipt_notice, send_receipt
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.status import DeliveryKind, State
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import AlreadySent
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.deliveries import frozen_header, get_delivery
from facturier.models.payments.changing import change_payment, remove_customer_payment
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_again, receive_payment
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from tests.mail.samples import pdf_pages, squeezed
from tests.models.making import TODAY, Clock, a_store


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    (tmp_path / "out").mkdir()
    store = open_company(a_store(tmp_path, Clock(), connected=False).path, clock=Clock(), user="marie")
    save_company(store, replace(read_company(store), undo=0))
    return open_workspace(store, Locations(tmp_path / "data", tmp_path / "log"), Endpoints())


def paid(ws: Workspace, amount: int, *rates: str, language: str = "en", method: str = "cheque") -> CustomerPayment:
    """A payment of invoices over these amounts."""
    customer = save_customer(
        ws.store, Customer(name="Zénith", contact="Zoé", email="zoe@zenith.example", language=language)
    )
    for rate in rates:
        issue_invoice(ws.store, _draft(ws, customer, rate))
    payment = CustomerPayment(
        customer_id=customer.id, date=TODAY, currency="CAD", amount=amount, method=method, reference="77"
    )
    return receive_payment(ws.store, payment)


def _draft(ws: Workspace, customer: Customer, rate: str) -> Invoice:
    return save_draft(ws.store, replace(new_draft(ws.store, TODAY, customer), lines=(Line("Work", rate=rate),)))


def test_a_receipt_says_what_was_paid_and_what_remains_in_the_customers_language(ws: Workspace) -> None:
    payment = paid(ws, 123_450 + 2_000, "1234.50", "100", language="fr", method="chèque")
    notice = receipt_notice(ws, payment)
    said = squeezed("".join(pdf_pages(notice.document)))
    for text in ("Reçu", "Zénith", "chèque", "77", "1001", "1002", "1 234,50", "80,00", "20,00", "1 254,50 CAD"):
        assert squeezed(text) in said, text
    assert squeezed("1254,50CAD") in squeezed(notice.subject)
    for text in ("Bonjour Zoé", "1001, 1002", "80,00"):
        assert squeezed(text) in squeezed(notice.letter.plain), text
    assert notice.document_name == f"Reçu-Acme-2026-11-24-{payment.id}.pdf"
    english = receipt_notice(ws, paid(ws, 1500, "10"))
    assert "Not applied yet" in "".join(pdf_pages(english.document)).replace("\n", " ")


def test_a_receipt_is_sent_once_and_again_only_on_purpose(ws: Workspace, tmp_path: Path) -> None:
    payment = paid(ws, 4000, "100")
    first = send_receipt(ws, payment)
    with pytest.raises(AlreadySent):
        send_receipt(ws, payment)
    postman(ws).deliver()
    assert get_delivery(ws.store, first.id).state is State.SENT
    with pytest.raises(AlreadySent):
        send_receipt(ws, payment)
    second = send_receipt(ws, payment, again=True)
    assert (second.kind, second.key, second.stated) == (DeliveryKind.RECEIPT, f"receipt:{payment.id}:2", 4000)
    postman(ws).deliver()
    sent = sorted((tmp_path / "out").glob("*.eml"))
    assert len(sent) == 2
    message = message_from_bytes(sent[0].read_bytes(), policy=policy.default)
    assert message["To"] == "zoe@zenith.example"
    assert "CAD 40.00" in message["Subject"].replace("\u00a0", " ")


def test_no_second_receipt_is_sent_for_a_payment_whose_removal_was_undone(ws: Workspace, tmp_path: Path) -> None:
    payment = paid(ws, 4000, "100")
    send_receipt(ws, payment)
    postman(ws).deliver()
    again = receive_again(ws.store, remove_customer_payment(ws.store, payment.id))
    with pytest.raises(AlreadySent):
        send_receipt(ws, again)
    assert len([*(tmp_path / "out").glob("*.eml")]) == 1


def test_the_receipt_of_one_invoice_answers_the_email_of_the_invoice(ws: Workspace) -> None:
    customer = save_customer(ws.store, Customer(name="Zénith", email="zoe@zenith.example"))
    draft = _draft(ws, customer, "100")
    sent = queue(ws, prepare(ws, draft.id or 0, compose(ws, draft.id or 0)))
    postman(ws).deliver()
    message_id = frozen_header(ws.store, sent.id, "Message-ID")
    payment = CustomerPayment(customer_id=customer.id, date=TODAY, currency="CAD", amount=4000)
    headers = receipt_notice(ws, receive_payment(ws.store, payment)).headers
    assert message_id
    assert headers == (("In-Reply-To", message_id), ("References", message_id))
    # The receipt of several invoices, or of one that was not sent by email, begins a conversation of its own.
    issue_invoice(ws.store, _draft(ws, customer, "10"))
    assert receipt_notice(ws, receive_payment(ws.store, replace(payment, amount=7000))).headers == ()
    assert receipt_notice(ws, paid(ws, 100, "10")).headers == ()


@pytest.mark.parametrize("change", ["removed", "amount"])
def test_a_receipt_of_a_payment_that_changed_is_not_sent(ws: Workspace, tmp_path: Path, change: str) -> None:
    payment = paid(ws, 4000, "100")
    delivery = send_receipt(ws, payment)
    if change == "removed":
        remove_customer_payment(ws.store, payment.id)
    else:
        change_payment(ws.store, payment, replace(payment, amount=3000), {payment.parts[0].invoice_id: 3000})
    postman(ws).deliver()
    assert get_delivery(ws.store, delivery.id).state is State.CANCELLED
    assert list((tmp_path / "out").glob("*.eml")) == []


def test_what_is_no_payment_of_an_invoice_gets_no_receipt(ws: Workspace) -> None:
    with pytest.raises(Refused, match="the payment of an invoice"):
        send_receipt(ws, paid(ws, 500))
    payment = paid(ws, 500, "10")
    save_company(ws.store, replace(ws.company(), letters={"receipt.en": "Hello {due}"}))
    with pytest.raises(LetterError, match="Unknown placeholder"):
        receipt_notice(ws, payment)
    save_company(ws.store, replace(ws.company(), letters={"receipt.en": "Hello {contact}: {balance}"}))
    assert receipt_notice(ws, payment).letter.plain == "Hello Zoé: CAD\u00a05.00\n"
