"""The postman: takes deliveries out of the outbox, hands them to a sender, and writes down what became of them.

Every step is committed before the next is taken, so that a postman killed at any instruction leaves a state from which
the next one recovers. It alone tries again; no library under it does.
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
from facturier.models.outbox import outbox
from facturier.models.outbox.deliveries import answers_due, message_of, under_way
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.pauses import pause_refused_sender
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_log = logging.getLogger(__name__)

# How often a lost answer is asked for at once, with this pause in seconds between. Afterwards it is in doubt, and asked
# for again ever less often.
ASKS = 3
ASK_PAUSE = 1.0
# Where it cannot be told whether an owner has ended: how long after its lease it counts as gone. No handing over takes
# so long, and taking one over sends nothing again.
# one machine: a lease has ended by this machine’s clock.
SILENCE = timedelta(hours=1)

_NOT_LEFT = (NotNow, Refused, Unreachable, ConnectionOver)


class Postman:
    """Works on one company under a name that no other postman has. `sender_for` gives the sender of a delivery with its
    message; `ways` those that this person may use, asked for each round; `gone` tells whether another owner has ended,
    None where it cannot; `stop` ends the round after the delivery under way; `ask_pause` is in seconds."""

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
        """Recover what others left, deliver whatever may go now, ask for answers that were lost; how many deliveries
        were tried. Raises StoreError when the company file cannot be used: call again, nothing is forgotten."""
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
        return outbox.claim_next(self._store, self._owner, sender_kinds)

    @contextlib.contextmanager
    def _this_one_only(self, delivery: Delivery) -> Iterator[None]:
        """An unexpected error costs this delivery its turn, and no other one; the next round recovers it. Trouble with
        the company file itself passes."""
        try:
            yield
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - the others must still leave
            _log.exception("delivery %s", delivery.id)
            self._unwritten = None  # what cannot be written at all must not be tried before all others for ever

    def _recover(self, sender_kinds: tuple[SenderKind, ...]) -> None:
        """Take up what a postman that is gone left behind."""
        if sender_kinds:
            outbox.give_up_damaged(self._store)
        for delivery in under_way(self._store):
            if self._stop.is_set():
                return
            if delivery.sender_kind in sender_kinds and self._left_behind(delivery):
                with self._this_one_only(delivery), contextlib.suppress(LostClaim):
                    claim = outbox.take_over(self._store, delivery, self._owner)
                    self._take_up(delivery, claim)

    def _left_behind(self, delivery: Delivery) -> bool:
        # This postman does one thing at a time, so what is its own here is what it could not write down.
        if delivery.owner == self._owner:
            return True
        late = self._store.clock() - (delivery.lease or delivery.changed)
        if delivery.state is State.CLAIMED and late > timedelta(0):
            return True  # its owner cannot go on without its lease
        gone = self._gone(delivery.owner)
        return late > SILENCE if gone is None else gone

    def _take_up(self, delivery: Delivery, claim: Claim) -> None:
        if delivery.state is State.CLAIMED:
            problem = _("The program stopped while it was preparing this message. Nothing was sent.")
            outbox.put_back(self._store, claim, problem, self._store.clock())
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
            self._write_down(partial(outbox.refused, self._store, claim, str(damaged)))
            return
        try:
            sender = self._sender_for(delivery, message)
            with contextlib.closing(sender.open(delivery.envelope, message)) as handover:
                delivery = outbox.hand_over(self._store, claim, handover.session)
                receipt = handover.hand_over()
                self._write_down(partial(self._accepted, claim, receipt))
        except LostClaim as lost:
            _log.warning("delivery %s: %s", delivery.id, lost)
        except StoreError:
            raise  # the company file itself: nothing can be written down now; the claim is recovered later
        except Exception as error:  # noqa: BLE001 - whatever it is, a true state must be left
            fault = _in_our_words(error, delivery)
            if delivery.state is State.HANDING_OVER and not isinstance(fault, _NOT_LEFT):
                self._after_lost_answer(delivery, claim, fault)
            else:
                self._write_down(partial(not_left, fault))

    def _write_down(self, write: Callable[[], object]) -> None:
        """What the company file cannot take now, such as on a full disk, is kept, and written before all else."""
        self._unwritten = write
        with contextlib.suppress(LostClaim, DamagedRow):  # the next round gives up a damaged one
            write()
        self._unwritten = None

    def _accepted(self, claim: Claim, receipt: Receipt) -> None:
        try:
            if receipt.refused:
                outbox.partly_accepted(self._store, claim, receipt.server_id, receipt.refused)
            else:
                outbox.accepted(self._store, claim, receipt.server_id, receipt.reply)
        except DamagedRow:
            _log.error("delivery %s was accepted, and its row is damaged", claim.delivery_id)
            outbox.keep_proof(self._store, claim, receipt.server_id or receipt.reply)
            raise

    def _after_lost_answer(self, delivery: Delivery, claim: Claim, error: FacturierError) -> None:
        """Ask the upload session what became of it; without proof it is in doubt. A session that says that the upload
        is incomplete takes the rest: one session makes one message, however late the first bytes still arrive."""
        reply = str(getattr(error, "reply", ""))
        for attempt in range(ASKS if delivery.session else 0):
            if attempt and self._stop.wait(self._ask_pause):
                break
            try:
                outbox.hold_claim(self._store, claim)
                receipt = self._asked(delivery)
            except LostClaim:
                return
            except Refused as clear:
                connection = get_connection(self._store) if delivery.sender_kind.connected else None
                self._write_down(partial(put_back, self._store, delivery, claim, clear, connection))
                return
            except BrokenCompany:
                break  # without the message there is nothing to go on with
            except StoreError:
                raise
            except Exception as unclear:  # noqa: BLE001 - whatever it is, it is no proof
                reply = str(getattr(_in_our_words(unclear, delivery), "reply", "")) or reply
                continue
            self._write_down(partial(self._accepted, claim, receipt))
            return
        self._write_down(partial(outbox.lost, self._store, claim, str(error), reply))
        if isinstance(error, NotFromGmail):
            pause_refused_sender(self._store, delivery.envelope.sender, str(error))

    def _asked(self, delivery: Delivery) -> Receipt:
        """The proof that it was accepted, before or now. Raises Refused where it is certain that it did not leave, and
        other errors where it is not: even a "not now" may be about the question alone."""
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
        """Ask for answers that were lost a while ago. Only ask: by now a person may be sending it another way."""
        for delivery in answers_due(self._store):
            if self._stop.is_set():
                return
            with self._this_one_only(delivery):
                self._ask_for(delivery, sender_kinds)

    def _ask_for(self, delivery: Delivery, sender_kinds: tuple[SenderKind, ...]) -> None:
        if delivery.sender_kind not in sender_kinds or not outbox.ask_again(self._store, delivery):
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
