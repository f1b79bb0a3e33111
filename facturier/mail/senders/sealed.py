"""A sender for one sealed delivery: it hands the message over once, and not before its time.

Both are said by the seal and by this person's own memory, not by the state that the company file gives: somebody may
have turned a sent or cancelled delivery back into a waiting one, or changed its time.
"""

from contextlib import suppress
from datetime import timedelta

from facturier.mail.errors import ConnectionOver, NotNow, Refused, Unreachable
from facturier.mail.senders.protocol import Handover, Receipt, Sender
from facturier.models.errors import StoreError
from facturier.models.outbox.deliveries import Seal
from facturier.models.outbox.delivery import Envelope
from facturier.models.outbox.handed_over import HandedOver
from facturier.models.store.store import Clock
from facturier.models.text.i18n import _

# A seal is good for so long after the time that the delivery was queued for. It bounds what an old seal is worth to
# somebody who keeps them, where no memory of this person can help: on a new machine, for instance.
LONGEST = timedelta(days=31)

_NOT_LEFT = (NotNow, Refused, Unreachable, ConnectionOver)


class SealedSender:
    """`seal` is right: its token and time are what a member sealed."""

    def __init__(self, inner: Sender, seal: Seal, handed_over: HandedOver, clock: Clock) -> None:
        self._inner = inner
        self._seal = seal
        self._handed_over = handed_over
        self._clock = clock

    @property
    def address(self) -> str:
        return self._inner.address

    def open(self, envelope: Envelope, message: bytes) -> Handover:
        """Raises NotNow before its time, Refused where it was handed over or cancelled already, or is too old."""
        self._check()
        return SealedHandover(self._inner.open(envelope, message), self._seal.token, self._handed_over)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        receipt = self._inner.ask(session, message)
        if receipt is not None:
            with suppress(StoreError):  # what is proved must be written down in any case
                self._handed_over.add(self._seal.token)
        return receipt

    def resume(self, session: str, message: bytes) -> Handover:
        """Only the session with which this person handed it over, or a colleague's where this person did not. A try
        that was given up may have left another one open: it would make a second message. Raises as `open`."""
        self._check(session)
        return SealedHandover(self._inner.resume(session, message), self._seal.token, self._handed_over, resumed=True)

    def _check(self, session: str | None = None) -> None:
        # one machine: the time in the seal was written by the clock of the machine that queued it.
        now, time = self._clock(), self._seal.time
        if now < time:
            raise NotNow(
                _("This message would be sent earlier than scheduled: another program changed its time."), retry=time
            )
        if now - time > LONGEST:
            raise Refused(
                _("This message should have been sent more than {days} days ago.").format(days=LONGEST.days),
                kept=_("The message was not sent."),
                todo=_("If the invoice is correct, send it again."),
            )
        try:
            used = self._handed_over.holds(self._seal.token, but=session)
        except StoreError as error:
            raise NotNow(str(error)) from None
        if used:
            raise _used()


class SealedHandover:
    """`resumed` with the session of an earlier handing over, by which the token may be used up already."""

    def __init__(self, inner: Handover, token: str, handed_over: HandedOver, *, resumed: bool = False) -> None:
        self._inner = inner
        self._token = token
        self._handed_over = handed_over
        self._resumed = resumed

    @property
    def session(self) -> str:
        return self._inner.session

    def hand_over(self) -> Receipt:
        """The token is used up first. It is good again where the message certainly did not leave."""
        try:
            session = self.session
            new = self._handed_over.add(self._token, session)
            used = not new and (not self._resumed or self._handed_over.holds(self._token, but=session))
        except StoreError as error:
            raise NotNow(str(error)) from None
        if used:
            raise _used()
        try:
            return self._inner.hand_over()
        except _NOT_LEFT:
            if not self._resumed:  # of an earlier try, some may still arrive
                with suppress(StoreError):  # then a person hears of it when it is tried again
                    self._handed_over.remove(self._token)
            raise

    def close(self) -> None:
        self._inner.close()


def _used() -> Refused:
    return Refused(
        _("This message was already sent or cancelled. Another program put it back in the outbox."),
        kept=_("It was not sent again."),
        todo=_("Find out who did it. If the customer should get the invoice again, send it yourself."),
    )
