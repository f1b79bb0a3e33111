"""What docs/development/adding-a-sender.md promises: a new type of sender needs one class and its registration."""

import argparse
import io
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from facturier.mail.errors import AnswerLost
from facturier.mail.locations import Locations
from facturier.mail.senders import registry
from facturier.mail.senders.default import save_sender
from facturier.mail.senders.protocol import Receipt
from facturier.mail.senders.sender_type import DefaultType, SendContext
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import deliveries_of, message_of
from facturier.models.outbox.delivery import Envelope
from facturier.models.settings.company import DEFAULT_SENDERS, DefaultSender
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.program import doctor
from facturier.tui.screens.preview.screen import PreviewScreen
from facturier.tui.screens.preview.sender.sender_select import SenderSelect
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, until


@dataclass
class Courier:
    """A sender that adds messages to a list."""

    address: str
    taken: list[bytes] = field(default_factory=list)
    message: bytes = b""
    session: str = ""

    def open(self, envelope: Envelope, message: bytes) -> "Courier":
        return replace(self, message=message)

    def hand_over(self) -> Receipt:
        self.taken.append(self.message)
        return Receipt("parcel 1")

    def ask(self, session: str, message: bytes) -> Receipt | None:
        raise AnswerLost("a courier cannot be asked")

    def resume(self, session: str, message: bytes) -> "Courier":
        raise AnswerLost("a courier cannot be asked")

    def check(self) -> None:
        """Do nothing, because it is always ready."""

    def close(self) -> None:
        """Do nothing, because nothing is open."""


class CourierType(DefaultType):
    form = "courier"
    name = "a courier"
    detail = "default sender (courier)"

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def place(self, settings: DefaultSender) -> str:
        return f"courier {settings.host}"

    def create(self, context: SendContext, address: str) -> Courier:
        return Courier(address, self.taken)


@pytest.fixture
def courier(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> CourierType:
    """The company's default sender, registered as the page describes."""
    known = CourierType()
    monkeypatch.setattr(registry, "DEFAULT_TYPES", [*registry.DEFAULT_TYPES, known])
    monkeypatch.setattr("facturier.models.settings.settings.DEFAULT_SENDERS", (*DEFAULT_SENDERS, known.form))
    before = read_company(shop.store)
    sender = DefaultSender(kind=known.form, address="hello@acme.example", host="Montréal")
    save_sender(shop.ws, replace(before, sender=sender), before=before, shown=before)
    return known


async def test_an_invoice_is_sent_through_it(shop: Shop, courier: CourierType) -> None:
    draft = shop.draft()
    assert draft.id is not None
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await app.push_screen(PreviewScreen(shop.ws, draft.id, check_domain=lambda _address: None))
        await sees(pilot, "✓ Ready.")
        select = app.screen.query_one(SenderSelect)
        assert (select.address, select.sender_kind) == ("hello@acme.example", courier.kind)
        await sees(pilot, "default sender (courier)")
        await pilot.press("f9")
        await until(pilot, lambda: courier.taken)
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0)[0].state is State.SENT)
    (delivery,) = deliveries_of(shop.store, draft.id)
    assert courier.taken == [message_of(shop.store, delivery.id)]
    assert delivery.envelope.sender == "hello@acme.example"


def test_doctor_says_where_it_leads(shop: Shop, courier: CourierType, tmp_path: Path) -> None:
    said = io.StringIO()
    shell = Shell(Locations(tmp_path / "data", tmp_path / "log"), shop.store.path, stdout=said)
    doctor.run(argparse.Namespace(repair=False), shell)
    assert "hello@acme.example through courier Montréal is ready" in said.getvalue()
