"""The postman: claims deliveries from the outbox, hands them to a sender, and records the results.

Every step is committed before the next one, so a postman that is killed at any point leaves a state from which the next
one recovers. Only the postman tries again; the libraries that it uses never do.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from facturier.mail.errors import AnswerLost, ConnectionOver, NotFromGmail, NotNow, Refused, Unreachable
from facturier.mail.senders.protocol import Receipt, Sender
from facturier.mail.sending.owner import is_gone
from facturier.mail.sending.retry import put_back
from facturier.models.books.status import State
from facturier.models.company.connection import get_connection
from facturier.models.errors import BrokenCompany, DamagedRow, FacturierError, LostClaim, StoreError
from facturier.models.outbox.changes import claims, outcomes
from facturier.models.outbox.deliveries import answers_due, message_of, under_way
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.pauses import pause_refused_sender
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_log = logging.getLogger(__name__)

# How often the server is asked at once for a lost answer, and the pause in seconds between. After that, the delivery is
# in doubt, and the server is asked at growing intervals.
ASKS = 3
ASK_PAUSE = 1.0
# If it is unknown whether an owner has ended, it counts as ended this long after its lease. No hand-over takes so long,
# and taking a delivery over never sends it again.
# one machine: a lease has ended by this machine’s clock.
SILENCE = timedelta(hours=1)

_NOT_LEFT = (NotNow, Refused, Unreachable, ConnectionOver)


class Postman:
    """Delivers for one company under a name that no other postman has.

    `sender_for` returns the sender for a delivery and its message. `sender_kinds` returns what this person may use; it
    is called in each round. `gone` returns whether another owner has ended, or None if unknown. `stop` ends the round
    after the current delivery. `ask_pause` is in seconds.
    """

    def __init__(
        self,
        store: Store,
        sender_for: Callable[[Delivery, bytes], Sender],
        owner: str,
        *,
        sender_kinds: Callable[[], tuple[SenderKind, ...]] = lambda: tuple(SenderKind),
        gone: Callable[[str], bool | None] = is_gone,
        stop: threading.Event | None = None,
        ask_pause: float = ASK_PAUSE,
    ) -> None:
        self._store = store
        self._sender_for = sender_for
        self._owner = owner
        self._sender_kinds = sender_kinds
        self._gone = gone
        self._stop = stop or threading.Event()
        self._ask_pause = ask_pause
        self._one_at_a_time = threading.Lock()
        self._unwritten: Callable[[], object] | None = None

    def deliver(self) -> int:
        """Run one round and return how many deliveries were tried.

        A round recovers the deliveries of postmen that have ended, delivers everything that is due, and asks for lost
        answers. Raises StoreError if the company file cannot be used; a later call then continues.
        """
        with self._one_at_a_time, self._store.reading():  # one connection for the whole round
            self._store.check_schema()
            if self._unwritten is not None:
                self._write_down(self._unwritten)
            sender_kinds = self._sender_kinds()
            self._recover(sender_kinds)
            tried = 0
            while not self._stop.is_set() and (delivery := self._claim_next(sender_kinds)):
                with self._this_one_only(delivery):
                    self._deliver(delivery)
                tried += 1
            self._ask_again(sender_kinds)
            return tried

    def _claim_next(self, sender_kinds: tuple[SenderKind, ...]) -> Delivery | None:
        self._store.check_schema()
        return claims.claim_next(self._store, self._owner, sender_kinds)

    @contextlib.contextmanager
    def _this_one_only(self, delivery: Delivery) -> Iterator[None]:
        """Limit an unexpected error to this delivery: the next round recovers it. Errors of the company file itself
        are raised."""
        try:
            yield
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - the other deliveries must still be sent
            _log.exception("delivery %s", delivery.id)
            self._unwritten = None  # otherwise a result that can never be written would block all deliveries

    def _recover(self, sender_kinds: tuple[SenderKind, ...]) -> None:
        """Recover the deliveries of postmen that have ended."""
        if sender_kinds:
            claims.give_up_damaged(self._store)
        for delivery in under_way(self._store):
            if self._stop.is_set():
                return
            if delivery.sender_kind in sender_kinds and self._left_behind(delivery):
                with self._this_one_only(delivery), contextlib.suppress(LostClaim):
                    claim = claims.take_over(self._store, delivery, self._owner)
                    self._take_up(delivery, claim)

    def _left_behind(self, delivery: Delivery) -> bool:
        # A postman works on one delivery at a time, so its own delivery here is one whose result it could not record.
        if delivery.owner == self._owner:
            return True
        late = self._store.clock() - (delivery.lease or delivery.changed)
        if delivery.state is State.CLAIMED and late > timedelta(0):
            return True  # its owner cannot continue without a lease
        gone = self._gone(delivery.owner)
        return late > SILENCE if gone is None else gone

    def _take_up(self, delivery: Delivery, claim: Claim) -> None:
        if delivery.state is State.CLAIMED:
            problem = _("The program stopped while it was preparing this message. Nothing was sent.")
            outcomes.put_back(self._store, claim, problem, self._store.clock())
        else:
            lost = AnswerLost(_("The program stopped while it was sending this message."))
            self._after_lost_answer(delivery, claim, lost)

    def _deliver(self, delivery: Delivery) -> None:
        claim = Claim(delivery.id, delivery.owner, delivery.epoch)
        connection = get_connection(self._store) if delivery.sender_kind.connected else None
        not_left = partial(put_back, self._store, delivery, claim, connection=connection)
        try:
            message = message_of(self._store, delivery.id)
        except BrokenCompany as damaged:
            self._write_down(partial(outcomes.refused, self._store, claim, str(damaged)))
            return
        try:
            sender = self._sender_for(delivery, message)
            with contextlib.closing(sender.open(delivery.envelope, message)) as handover:
                delivery = outcomes.hand_over(self._store, claim, handover.session)
                receipt = handover.hand_over()
                self._write_down(partial(self._accepted, claim, receipt))
        except LostClaim as lost:
            _log.warning("delivery %s: %s", delivery.id, lost)
        except StoreError:
            raise  # the company file cannot be written, so nothing can be recorded; the claim is recovered later
        except Exception as error:  # noqa: BLE001 - after any error, the recorded state must be true
            fault = _in_our_words(error, delivery)
            if delivery.state is State.HANDING_OVER and not isinstance(fault, _NOT_LEFT):
                self._after_lost_answer(delivery, claim, fault)
            else:
                self._write_down(partial(not_left, fault))

    def _write_down(self, write: Callable[[], object]) -> None:
        """Record a result. If the company file cannot be written, such as on a full disk, the next round does it
        first."""
        self._unwritten = write
        with contextlib.suppress(LostClaim, DamagedRow):  # the next round stops a damaged delivery
            write()
        self._unwritten = None

    def _accepted(self, claim: Claim, receipt: Receipt) -> None:
        try:
            if receipt.refused:
                outcomes.partly_accepted(self._store, claim, receipt.server_id, receipt.refused)
            else:
                outcomes.accepted(self._store, claim, receipt.server_id, receipt.reply, receipt.thread)
        except DamagedRow:
            _log.error("delivery %s was accepted, and its row is damaged", claim.delivery_id)
            outcomes.keep_proof(self._store, claim, receipt.server_id or receipt.reply)
            raise

    def _after_lost_answer(self, delivery: Delivery, claim: Claim, error: FacturierError) -> None:
        """Ask the upload session what happened to a delivery. Without proof, the delivery is then in doubt.

        If the session says that the upload is incomplete, the rest is sent. One session makes only one message, however
        late the first bytes arrive.
        """
        reply = str(getattr(error, "reply", ""))
        for attempt in range(ASKS if delivery.session else 0):
            if attempt and self._stop.wait(self._ask_pause):
                break
            try:
                claims.hold_claim(self._store, claim)
                receipt = self._asked(delivery)
            except LostClaim:
                return
            except Refused as clear:
                connection = get_connection(self._store) if delivery.sender_kind.connected else None
                self._write_down(partial(put_back, self._store, delivery, claim, clear, connection))
                return
            except BrokenCompany:
                break  # the upload cannot be resumed without the message
            except StoreError:
                raise
            except Exception as unclear:  # noqa: BLE001 - no error is proof of anything
                reply = str(getattr(_in_our_words(unclear, delivery), "reply", "")) or reply
                continue
            self._write_down(partial(self._accepted, claim, receipt))
            return
        self._write_down(partial(outcomes.lost, self._store, claim, str(error), reply))
        if isinstance(error, NotFromGmail):
            pause_refused_sender(self._store, delivery.envelope.sender, str(error))

    def _asked(self, delivery: Delivery) -> Receipt:
        """Return the proof that the message was accepted, before or now.

        Raises Refused if it is certain that the message was not sent, and other errors if that is unknown: even a "not
        now" may only be about the question.
        """
        message = message_of(self._store, delivery.id)
        try:
            sender = self._sender_for(delivery, message)
            receipt = sender.ask(delivery.session, message)
        except Refused as unclear:  # the question was refused, not the message
            raise AnswerLost(unclear.happened, reply=unclear.reply) from unclear
        if receipt is not None:
            return receipt
        with contextlib.closing(sender.resume(delivery.session, message)) as handover:
            return handover.hand_over()

    def _ask_again(self, sender_kinds: tuple[SenderKind, ...]) -> None:
        """Ask for answers that were lost earlier. Nothing is sent, because a person may have sent the invoice again."""
        for delivery in answers_due(self._store):
            if self._stop.is_set():
                return
            with self._this_one_only(delivery):
                self._ask_for(delivery, sender_kinds)

    def _ask_for(self, delivery: Delivery, sender_kinds: tuple[SenderKind, ...]) -> None:
        if delivery.sender_kind not in sender_kinds or not outcomes.ask_again(self._store, delivery):
            return
        try:
            message = message_of(self._store, delivery.id)
            receipt = self._sender_for(delivery, message).ask(delivery.session, message)
        except Exception as unclear:  # noqa: BLE001 - it remains in doubt
            _in_our_words(unclear, delivery)
            return
        if receipt is not None:
            claim = Claim(delivery.id, delivery.owner, delivery.epoch)
            self._write_down(partial(self._accepted, claim, receipt))


def _in_our_words(error: Exception, delivery: Delivery) -> FacturierError:
    if isinstance(error, FacturierError):
        _log.info("delivery %s: %s", delivery.id, error.happened)
        return error
    _log.error("delivery %s", delivery.id, exc_info=error)
    return FacturierError(_("An unexpected error occurred ({kind}).").format(kind=type(error).__name__))
