"""How typed recipients are prepared before queueing."""

from datetime import UTC, datetime

from facturier.mail.sending.prepare import prepare_invoice
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.delivery import SenderKind
from tests.mail.samples import a_company, an_invoice


def test_each_mailbox_gets_the_message_once() -> None:
    composition = Composition(
        SenderKind.DEFAULT,
        "Anna <anna@x.example>, bob@x.example",
        "ANNA@x.example, carl@x.example, carl@x.example",
        "bob@X.example, Carl@x.example, dora@x.example",
        "Invoice 1043",
        "Here it is.",
    )
    sent = datetime(2026, 11, 24, 12, tzinfo=UTC)
    made = prepare_invoice(an_invoice(), a_company(), composition, "billing@acme.example", sent)
    assert made.envelope.to == ("anna@x.example", "bob@x.example")
    assert made.envelope.cc == ("carl@x.example",)
    assert made.envelope.bcc == ("dora@x.example",)
    assert made.ready
    assert made.headers.count("anna@") == 1
