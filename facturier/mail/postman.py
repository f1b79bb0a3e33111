"""The postman: takes deliveries out of the outbox, hands them to a sender, and writes down what became of them.

Every step is committed before the next is taken, so that a postman killed at any instruction leaves a state from which
the next one recovers. It alone tries again; no library under it does.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from facturier.mail.errors import AnswerLost, ConnectionOver, NotNow, Refused, SendError, Unreachable
from facturier.mail.owner import is_gone
from facturier.mail.senders.sender import Receipt, Sender
from facturier.models import outbox
from facturier.models.connection import end_connection
from facturier.models.deliveries import in_doubt, message_of, unfinished
from facturier.models.delivery import Claim, Delivery, Way
from facturier.models.errors import FacturierError, LostClaim, StoreError
from facturier.models.language import _
from facturier.models.status import State
from facturier.models.store import Store

_log = logging.getLogger(__name__)

# How long to wait after the first, second, … passing fault; the last one from then on.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 120, 300, 900, 1800, 3600))
# How often a lost answer is asked for at once, with this pause between. Afterwards it is in doubt, and asked for again
# whenever a postman looks at the outbox.
ASKS = 3
ASK_PAUSE = 1.0


class Postman:
    """Works on one company under a name that no other postman has. `sender_for` gives the sender of a delivery; `ways`
    are those that this person may use; `gone` tells whether another owner has certainly ended; `stop` ends the round
    after the delivery under way; `ask_pause` is in seconds."""

    def __init__(
        self,
        store: Store,
        sender_for: Callable[[Delivery], Sender],
        owner: str,
        *,
        ways: tuple[Way, ...] = tuple(Way),
        gone: Callable[[str], bool] = is_gone,
        stop: threading.Event | None = None,
        ask_pause: float = ASK_PAUSE,
    ) -> None:
        self._store = store
        self._sender_for = sender_for
        self._owner = owner
        self._ways = ways
        self._gone = gone
        self._stop = stop or threading.Event()
        self._ask_pause = ask_pause
        self._one_at_a_time = threading.Lock()

    def deliver(self) -> int:
        """Recover what others left, then deliver whatever may go now; how many deliveries were tried."""
        with self._one_at_a_time:
            self._recover()
            tried = 0
            while not self._stop.is_set() and (delivery := outbox.claim_next(self._store, self._owner, self._ways)):
                self._deliver(delivery)
                tried += 1
            return tried

    def _recover(self) -> None:
        """Take up what a postman that is gone left behind, and ask again for answers that were lost."""
        for delivery in unfinished(self._store):
            if delivery.way in self._ways and self._left_behind(delivery):
                with contextlib.suppress(LostClaim):
                    self._take_up(delivery, outbox.take_over(self._store, delivery, self._owner))
        for delivery in in_doubt(self._store):
            if delivery.way in self._ways and delivery.session:
                self._ask_about_doubt(delivery)

    def _left_behind(self, delivery: Delivery) -> bool:
        if delivery.state is State.QUEUED:
            return False
        # This postman does one thing at a time, so what is its own here is what it could not write down. Before the
        # handing over, a lease that ran out is enough as well: its owner cannot go on without it.
        lease = delivery.lease
        hung = delivery.state is State.CLAIMED and lease is not None and lease < self._store.clock()
        return delivery.owner == self._owner or hung or self._gone(delivery.owner)

    def _take_up(self, delivery: Delivery, claim: Claim) -> None:
        if delivery.state is State.CLAIMED:
            problem = _("The program was ended while it prepared this message. Nothing had left.")
            outbox.put_back(self._store, claim, problem, self._store.clock())
            return
        lost = AnswerLost(_("The program was ended while it handed this message over."))
        self._after_lost_answer(delivery, claim, lost)

    def _deliver(self, delivery: Delivery) -> None:
        claim = Claim(delivery.id, delivery.owner, delivery.epoch)
        try:
            sender = self._sender_for(delivery)
            message = message_of(self._store, delivery.id)
            with contextlib.closing(sender.open(delivery.envelope, message)) as handover:
                delivery = outbox.hand_over(self._store, claim, handover.session)
                receipt = handover.hand_over()
            self._accepted(claim, receipt)
        except LostClaim as error:
            _log.warning("delivery %s: %s", delivery.id, error)
        except StoreError:
            raise  # the company file itself: nothing can be written down now; the claim is recovered later
        except AnswerLost as error:
            self._after_lost_answer(delivery, claim, error)
        except FacturierError as error:
            self._did_not_leave(delivery, claim, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must still leave a true state
            _log.exception("delivery %s", delivery.id)
            words = _("Something went wrong inside Facturier ({kind}).").format(kind=type(error).__name__)
            if delivery.state is State.HANDING_OVER:
                self._after_lost_answer(delivery, claim, AnswerLost(words))
            else:
                self._did_not_leave(delivery, claim, Unreachable(words))

    def _accepted(self, claim: Claim, receipt: Receipt) -> None:
        if receipt.refused:
            outbox.partly_accepted(self._store, claim, receipt.server_id, receipt.refused)
        else:
            outbox.accepted(self._store, claim, receipt.server_id, receipt.reply)

    def _did_not_leave(self, delivery: Delivery, claim: Claim, error: FacturierError) -> None:
        """A fault that says clearly that nothing left: try again later, or stop and tell a person."""
        _log.info("delivery %s: %s", delivery.id, error.happened)
        now = self._store.clock()
        reply = error.reply if isinstance(error, SendError) else ""
        later = now + BACKOFF[min(delivery.attempts, len(BACKOFF)) - 1]
        if isinstance(error, ConnectionOver):
            outbox.put_back(self._store, claim, str(error), now, reply)
            end_connection(self._store, str(error))
        elif isinstance(error, NotNow):
            retry = error.retry or later
            if error.whole_sender:
                outbox.pause_sender(self._store, delivery.envelope.sender, retry, error.happened)
            outbox.put_back(self._store, claim, str(error), retry, reply)
        elif isinstance(error, Refused):
            outbox.refused(self._store, claim, str(error), reply)
        else:
            outbox.put_back(self._store, claim, str(error), later, reply)

    def _after_lost_answer(self, delivery: Delivery, claim: Claim, error: AnswerLost) -> None:
        """Ask the upload session what became of it; without proof it is in doubt. A session that says that the upload
        is incomplete takes the rest: one session makes one message, however late the first bytes still arrive."""
        reply = error.reply
        for attempt in range(ASKS if delivery.session else 0):
            if attempt and self._stop.wait(self._ask_pause):
                break
            try:
                outbox.hold_claim(self._store, claim)
                receipt = self._asked(delivery)
            except Refused as clear:
                self._did_not_leave(delivery, claim, clear)
                return
            except LostClaim:
                return
            except StoreError:
                raise
            except FacturierError as unclear:
                reply = getattr(unclear, "reply", "") or reply
                continue
            self._accepted(claim, receipt)
            return
        with contextlib.suppress(LostClaim):
            outbox.lost(self._store, claim, str(error), reply)

    def _asked(self, delivery: Delivery) -> Receipt:
        """The proof that it was accepted, before or now. Raises Refused where it is certain that it did not leave, and
        other errors where it is not: even a "not now" may be about the question alone."""
        message = message_of(self._store, delivery.id)
        try:
            sender = self._sender_for(delivery)
            receipt = sender.ask(delivery.session, message)
        except Refused as unclear:  # the question was refused, not the message
            raise AnswerLost(unclear.happened, reply=unclear.reply) from unclear
        if receipt is not None:
            return receipt
        with contextlib.closing(sender.resume(delivery.session, message)) as handover:
            return handover.hand_over()

    def _ask_about_doubt(self, delivery: Delivery) -> None:
        try:
            sender = self._sender_for(delivery)
            receipt = sender.ask(delivery.session, message_of(self._store, delivery.id))
        except FacturierError as error:
            _log.info("delivery %s stays in doubt: %s", delivery.id, error.happened)
            return
        with contextlib.suppress(LostClaim):
            if receipt:
                reason = _("Gmail’s upload session says that it was sent.")
                outbox.resolve_delivery(self._store, delivery.id, sent=True, reason=reason, server_id=receipt.server_id)
