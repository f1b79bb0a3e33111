"""What an invoice's deliveries so far say about sending it now, as the preview is told."""

from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.checks import Finding
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
def test_a_delivery_that_is_not_finished_keeps_another_from_beginning(
    tmp_path: Path, state: State, sentence: str
) -> None:
    first = findings(tmp_path, state)[0]
    assert first.level == "error"
    assert sentence in first.text
    assert "1001" in first.text


@pytest.mark.parametrize("state", [State.SENT, State.PARTLY_SENT, State.BOUNCED])
def test_whoever_it_went_to_is_warned_of(tmp_path: Path, state: State) -> None:
    assert [found.level for found in findings(tmp_path, state) if "already sent to marie@" in found.text] == ["warning"]


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_what_did_not_leave_is_no_reason_to_warn(tmp_path: Path, state: State) -> None:
    assert [found for found in findings(tmp_path, state) if "already" in found.text] == []


def test_those_whom_the_server_refused_were_not_reached(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.PARTLY_SENT)
    assert reached(store, deliveries_of(store, delivery.invoice_id)) == ("marie@tremblay.example",)
