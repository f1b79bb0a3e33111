"""The machine sleeps, or its clock jumps, while messages are being sent: the screens stay correct."""

from datetime import datetime, timedelta

import pytest

from facturier.mail.sending.owner import new_owner
from facturier.models.books.status import State
from facturier.models.errors import LostClaim
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.changes.outcomes import accepted, hand_over
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Claim
from facturier.models.store.store import utc_now
from facturier.tui.app import FacturierApp
from facturier.tui.window import outbox_worker
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


class Wall:
    """A wall clock, which continues while the machine sleeps."""

    def __init__(self) -> None:
        self.slept = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.slept


@pytest.fixture
def wall(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Wall:
    clock = Wall()
    shop.store.clock = shop.ws.store.clock = clock
    monkeypatch.setattr(outbox_worker, "_PATIENCE", 0.1)
    return clock


def held(shop: Shop, name: str) -> Claim:
    """Claim a delivery like the running postman of another window."""
    shop.queued(name, -1)
    delivery = claim_next(shop.store, new_owner("marie"))
    assert delivery is not None
    return Claim(delivery.id, delivery.owner, delivery.epoch)


def state_of(shop: Shop, claim: Claim) -> State:
    return get_delivery(shop.store, claim.delivery_id).state


async def test_eight_hours_of_sleep_send_nothing_twice(shop: Shop, wall: Wall) -> None:
    handed, preparing = held(shop, "Handed Co"), held(shop, "Preparing Co")
    hand_over(shop.store, handed, "")
    waiting = shop.queued("Waiting Co", seconds=9)  # its send can still be undone
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("O")
        await until(pilot, lambda: text_of(app).count("Sending") >= 2)
        wall.slept = timedelta(hours=8)

        # The waiting delivery and the one that was only being prepared are sent, once. The one that was being handed
        # over is not touched, because its postman slept too and will record the result.
        await sees(pilot, "2 ✓ Sent")
        assert shop.invoice(waiting.invoice_id).delivery is State.SENT
        assert (state_of(shop, preparing), state_of(shop, handed)) == (State.SENT, State.HANDING_OVER)
        with pytest.raises(LostClaim):
            hand_over(shop.store, preparing, "")
        await pilot.pause(0.3)
        assert len(list(shop.mail.glob("*.eml"))) == 2

        accepted(shop.store, handed, "id-1")
        await sees(pilot, "3 ✓ Sent")
    assert len(list(shop.mail.glob("*.eml"))) == 2


async def test_a_clock_set_back_sends_nothing_early_and_loses_nothing(shop: Shop, wall: Wall) -> None:
    wall.slept = timedelta(hours=8)  # the clock was ahead
    waiting = shop.queued("Waiting Co", seconds=5)
    preparing = held(shop, "Preparing Co")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("O")
        await sees(pilot, "Sending")
        wall.slept = timedelta(0)
        await pilot.pause(0.3)
        assert (shop.invoice(waiting.invoice_id).delivery, state_of(shop, preparing)) == (State.QUEUED, State.CLAIMED)
        assert list(shop.mail.glob("*.eml")) == []
        wall.slept = timedelta(hours=8, minutes=6)
        await sees(pilot, "2 ✓ Sent")
    assert len(list(shop.mail.glob("*.eml"))) == 2
