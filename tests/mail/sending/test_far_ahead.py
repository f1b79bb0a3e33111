"""Deliveries that are scheduled far in advance."""

from facturier.mail.practice.google import Google
from facturier.mail.sending.rounds import postman
from facturier.models.books.status import State
from facturier.models.outbox.delivery import SenderKind
from tests.mail.vault.two_people import Sit, connect, google, send, sit, state_of
from tests.models.making import Clock

__all__ = ["google", "sit"]


def test_a_delivery_scheduled_far_ahead_is_sent_on_its_day(sit: Sit, google: Google, still: Clock) -> None:
    marie = sit("marie")
    connect(marie, google)
    later = send(marie, SenderKind.DEFAULT, days=200)
    still.go(days=100)
    assert postman(marie).deliver() == 0
    still.go(days=100, minutes=1)
    postman(marie).deliver()
    assert state_of(marie, later) is State.SENT
