"""A sender for one sealed delivery. It hands the message over only once, and not before its time.

It relies on the seal and on this person's own record, not on the state in the company file: somebody may have changed a
sent or cancelled delivery back to queued, or changed its time.
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

# How long a seal is valid after the scheduled time. This limits the use of an old seal to somebody who kept it, where
# this person has no record of the delivery, such as on a new machine.
LONGEST = timedelta(days=31)

_NOT_LEFT = (NotNow, Refused, Unreachable, ConnectionOver)


class SealedSender:
    """A sender for a delivery with a valid `seal`: its token and time are those that a member sealed."""

    def __init__(self, inner: Sender, seal: Seal, handed_over: HandedOver, clock: Clock) -> None:
        self._inner = inner
        self._seal = seal
        self._handed_over = handed_over
        self._clock = clock

    @property
    def address(self) -> str:
        return self._inner.address

    def open(self, envelope: Envelope, message: bytes) -> Handover:
        """Prepare the delivery. Raises NotNow before its time, and Refused if it was already handed over or cancelled,
        or is too old."""
        self._check()
        return SealedHandover(self._inner.open(envelope, message), self._seal.token, self._handed_over)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        receipt = self._inner.ask(session, message)
        if receipt is not None:
            with suppress(StoreError):  # the proof must be recorded in any case
                self._handed_over.add(self._seal.token)
        return receipt

    def resume(self, session: str, message: bytes) -> Handover:
        """Resume only the session with which this person handed the message over, or a colleague's session if this
        person did not hand it over. An abandoned attempt may have left another session, which would make a second
        message. Raises the errors of `open`.
        """
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
    """A hand-over that first uses up the token. `resumed` means that an earlier one may have used it already."""

    def __init__(self, inner: Handover, token: str, handed_over: HandedOver, *, resumed: bool = False) -> None:
        self._inner = inner
        self._token = token
        self._handed_over = handed_over
        self._resumed = resumed

    @property
    def session(self) -> str:
        return self._inner.session

    def hand_over(self) -> Receipt:
        """Use up the token and send the message. If it was certainly not sent, the token becomes valid again."""
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
            if not self._resumed:  # parts of an earlier attempt may still arrive
                with suppress(StoreError):  # if this fails, the next attempt is refused, and an alert tells a person
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
