"""Statements of account as a PDF and as an email: what they say in both languages, and that each is sent once."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from facturier.mail.document.plain_text import content_text
from facturier.mail.errors import Refused
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.message import split_message
from facturier.mail.notices.statement import send_statement, statement_email
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.queue import cancel
from facturier.mail.sending.rounds import postman
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import DeliveryKind, State
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.errors import AlreadySent, ChangedElsewhere
from facturier.models.outbox.changes.draft_again import undo_issue
from facturier.models.outbox.deliveries import get_delivery, notices_of
from facturier.models.payments.payments import record_payment
from facturier.models.receivables.accounts import open_accounts
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from tests.mail.samples import pdf_pages, squeezed
from tests.mail.senders.scripted_server import ScriptedServer
from tests.models.making import DEFAULT, TODAY, Clock, a_store
from tests.models.receivables.test_statements import issued, receive


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    (tmp_path / "out").mkdir()
    return opened(a_store(tmp_path, Clock(), connected=False).path)


def opened(path: Path) -> Workspace:
    """Open the company in one more window."""
    store = open_company(path, clock=Clock(), user="marie")
    return open_workspace(store, Locations(path.parent / "data", path.parent / "log"), Endpoints())


def zenith(ws: Workspace, **changes: str) -> Customer:
    known = {"name": "Zénith", "contact": "Zoé", "email": "zoe@zenith.example", "cc": "cc@zenith.example"} | changes
    return save_customer(ws.store, Customer(**known))  # type: ignore[arg-type]


def test_the_pdf_and_the_email_say_the_same_in_the_customers_language(ws: Workspace) -> None:
    french = zenith(ws, language="fr")
    first = issued(ws.store, french, "1234.50", ago=75)
    issued(ws.store, french, "100", ago=3)
    receive(ws.store, french, 50_00, ago=1)
    email = statement_email(ws, french.id or 0, "CAD")
    said = squeezed("".join(pdf_pages(email.pdf())))
    for text in (
        *(
            "Relevé de compte",
            "Zénith",
            f"Facture {first.number}",
            "10 sept. 2026",
            "10 oct. 2026",
            "45 jours de retard",
        ),
        *("1 234,50", "Paiement", "cheque 77", "-50,00", "À échoir", "Crédits", "31 à 60 jours de retard"),
        *("Montant dû", "1 284,50 CAD", "1 234,50 CAD en retard", "Solde"),
    ):
        assert squeezed(text) in said, text
        assert squeezed(text) in squeezed(content_text(email.content))
    assert email.subject == "Relevé de compte – Acme, 24 novembre 2026"
    assert "Bonjour Zoé" in email.letter.plain
    assert "1284,50CAD" in squeezed(email.letter.plain)
    assert email.file_name == "Relevé-de-compte-Acme-2026-11-24.pdf"

    english = zenith(ws, name="Abel", language="en")
    issued(ws.store, english, "100", ago=75, currency="EUR")
    paid = issued(ws.store, english, "20", ago=40, currency="EUR")
    record_payment(ws.store, paid.id or 0, TODAY - timedelta(20), 20_00, "transfer")
    email = statement_email(ws, english.id or 0, "EUR", (TODAY - timedelta(45), TODAY))
    said = squeezed("".join(pdf_pages(email.pdf())))
    for text in (
        *("Statement of account", "Period", "10 October 2026 – 24 November 2026", "Opening balance", "100.00"),
        *(
            f"Invoice {paid.number}",
            "15 Oct 2026",
            "120.00",
            "Payment",
            f"for {paid.number}, transfer",
            "Closing balance",
            "€100.00",
        ),
    ):
        assert squeezed(text) in said, text
    assert email.file_name == "Statement-of-account-Acme-EUR-2026-11-24.pdf"


def test_a_statement_is_delivered_once_whoever_sends_it(ws: Workspace) -> None:
    customer = zenith(ws)
    oldest = issued(ws.store, customer, "70", ago=50, sent=False)
    newest = issued(ws.store, customer, "30")
    with ScriptedServer() as server, ExitStack() as stack:
        sender = DefaultSender("smtp", DEFAULT, "127.0.0.1", server.port, "none")
        save_company(ws.store, replace(read_company(ws.store), sender=sender, undo=0))
        other = opened(ws.store.path)
        for one in (ws, other):
            stack.enter_context(one.store.reading())
        same = [statement_email(one, customer.id or 0, "CAD") for one in (ws, other)]
        delivery = send_statement(ws, same[0])
        with pytest.raises(ChangedElsewhere):  # an issue is not undone once a statement lists the invoice
            undo_issue(ws.store, oldest)
        with pytest.raises(AlreadySent):
            send_statement(other, same[1])
        [account] = open_accounts(ws.store, TODAY)
        assert (account.queued, account.sent) == (delivery.id, None)
        assert cancel(ws, delivery) is False  # undone: it may be sent again
        delivery = send_statement(other, same[1])
        assert postman(ws).deliver() + postman(other).deliver() == 1
        again = statement_email(ws, customer.id or 0, "CAD")
        assert again.sent_today
        with pytest.raises(Refused, match="cannot be sent"):
            send_statement(ws, again)
        assert [text for text in server.lines if text.startswith(b"RCPT")] == [
            b"RCPT TO:<zoe@zenith.example>\r\n",
            b"RCPT TO:<cc@zenith.example>\r\n",
        ]
        [message] = server.messages
    assert get_delivery(ws.store, delivery.id).state is State.SENT
    [account] = open_accounts(ws.store, TODAY)
    assert (account.queued, account.sent) == (None, ws.clock())
    read = split_message(message)
    assert read.header("Subject") == "Statement of account from Acme, 24 November 2026"
    assert "CAD 100.00" in read.plain.replace("\xa0", " ")
    assert squeezed(f"Invoice {newest.number}") in squeezed("".join(pdf_pages(read.document)))
    parsed = message_from_bytes(message, policy=policy.SMTP)
    assert [part.get_filename() for part in parsed.walk() if part.get_filename()] == [
        "Statement-of-account-Acme-2026-11-24.pdf"
    ]
    # It is filed under the newest invoice, which stays as it is.
    filed = notices_of(ws.store, newest.id or 0)
    assert [(one.kind, one.state, one.stated) for one in filed] == [
        (DeliveryKind.STATEMENT, State.CANCELLED, 100_00),
        (DeliveryKind.STATEMENT, State.SENT, 100_00),
    ]
    assert get_invoice(ws.store, newest.id or 0) == newest


def test_a_refused_statement_is_sent_again_only_by_a_person(ws: Workspace) -> None:
    customer = zenith(ws)
    issued(ws.store, customer)
    with ScriptedServer({"RCPT": "550 No such user"}) as server:
        sender = DefaultSender("smtp", DEFAULT, "127.0.0.1", server.port, "none")
        save_company(ws.store, replace(read_company(ws.store), sender=sender, undo=0))
        first = send_statement(ws, statement_email(ws, customer.id or 0, "CAD"))
        assert postman(ws).deliver() == 1
        assert get_delivery(ws.store, first.id).state is State.FAILED
        email = statement_email(ws, customer.id or 0, "CAD")
        assert (email.refused, email.sent_today, [found.level for found in email.findings]) == (1, False, ["warning"])
        del server.script["RCPT"]
        again = send_statement(ws, email)
        with pytest.raises(AlreadySent):
            send_statement(ws, email)
        assert postman(ws).deliver() == 1
    assert again.key == f"{first.key}:again:1"
    assert get_delivery(ws.store, again.id).state is State.SENT
    assert statement_email(ws, customer.id or 0, "CAD").sent_today
    assert open_accounts(ws.store, TODAY)[0].sent == ws.clock()


def test_what_prevents_a_statement_is_said_before_it_is_sent(ws: Workspace) -> None:
    nobody = zenith(ws, email="", cc="")
    email = statement_email(ws, nobody.id or 0, "CAD")
    assert [finding.field for finding in email.errors] == ["to", "document"]  # no address, and no invoice
    with pytest.raises(Refused, match="cannot be sent"):
        send_statement(ws, email)
    typo = zenith(ws, name="Typo", email="zoe@gmial.com")
    unsent = issued(ws.store, typo, sent=False)
    found = statement_email(ws, typo.id or 0, "CAD").findings
    assert [(finding.level, finding.field) for finding in found] == [("warning", "to"), ("warning", "document")]
    assert str(unsent.number) in found[1].text
    company = read_company(ws.store)
    own = {"statement.en": "You owe {balance}, {overdue} is overdue {period}"}
    save_company(ws.store, replace(company, subjects=own))
    subject = statement_email(ws, typo.id or 0, "CAD").subject
    assert subject.replace("\xa0", " ").strip() == "You owe CAD 100.00, CAD 0.00 is overdue"
    save_company(ws.store, replace(company, letters={"statement.en": "{number}"}))
    [error] = statement_email(ws, typo.id or 0, "CAD").errors
    assert (error.field, "{number}" in error.text) == ("letter", True)
