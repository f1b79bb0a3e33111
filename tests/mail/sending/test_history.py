"""The warnings in the preview about earlier deliveries of an invoice."""

from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.checks.checks import Finding
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare, reached
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.outbox.delivery import SenderKind
from tests.models.making import Clock, a_store, in_state


def findings(folder: Path, state: State) -> list[Finding]:
    store = a_store(folder, Clock(), connected=False)
    (folder / "out").mkdir()
    delivery, _held = in_state(store, state, SenderKind.DEFAULT)
    ws = open_workspace(store, Locations(folder / "data", folder / "log"), Endpoints())
    return list(prepare(ws, delivery.invoice_id, compose(ws, delivery.invoice_id)).findings)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.QUEUED, "already in the outbox"),
        (State.CLAIMED, "right now"),
        (State.HANDING_OVER, "right now"),
        (State.IN_DOUBT, "It is not known yet"),
    ],
)
def test_an_unfinished_delivery_blocks_another_one(tmp_path: Path, state: State, sentence: str) -> None:
    first = findings(tmp_path, state)[0]
    assert first.level == "error"
    assert sentence in first.text
    assert "1001" in first.text


@pytest.mark.parametrize("state", [State.SENT, State.PARTLY_SENT, State.BOUNCED])
def test_earlier_recipients_are_warned_about(tmp_path: Path, state: State) -> None:
    assert [found.level for found in findings(tmp_path, state) if "already sent to marie@" in found.text] == ["warning"]


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_an_unsent_delivery_gives_no_warning(tmp_path: Path, state: State) -> None:
    assert [found for found in findings(tmp_path, state) if "already" in found.text] == []


def test_refused_recipients_count_as_not_reached(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.PARTLY_SENT)
    assert reached(store, deliveries_of(store, delivery.invoice_id)) == ("marie@tremblay.example",)
