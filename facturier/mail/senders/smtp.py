"""Out through an SMTP server, one phase at a time, so that a drop before the final dot and after it are told apart."""

import re
import smtplib
import ssl
import threading
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn

from facturier.mail.errors import AnswerLost, Refused
from facturier.mail.exchange import Ended, Exchange, time_to_send
from facturier.mail.senders.protocol import Receipt
from facturier.mail.senders.sender_type import DefaultType, SendContext
from facturier.mail.senders.smtp_session import Login, Reply, accepted, nothing_left, sign_in, socket_of, verdict, words
from facturier.mail.vault.destination import smtp_password
from facturier.models.outbox.delivery import Envelope
from facturier.models.settings.company import DefaultSender
from facturier.models.text.i18n import N_, _

# RFC 5321, 4.5.3.2.6: a client that waits less than ten minutes for the last reply makes duplicates.
LAST_REPLY = 600.0
_LAST_WORDS = 5.0
# Seconds for everything up to the message: some servers let everyone wait for half a minute, and for each recipient.
OPENING, _EACH_RECIPIENT = 120.0, 0.01  # the second as a part of the first
_GOODBYE = 1.0  # nothing depends on it, and what was accepted waits to be written down
_CHUNK = 64 * 1024  # each write has the whole time-out, so that a large invoice may take its time on a slow line
_NO_ADDRESS = re.compile(r"[<>\s\x00-\x1f\x7f]")


class SmtpSender:
    """The default sender over SMTP: TLS, or STARTTLS and nothing without it; clear text to this machine's own only.

    `timeout` is in seconds, for every step but the last; `last_reply` is how long to wait for the reply after the final
    dot; `opening` is for all steps before the message together. Once `stop` is set, none takes longer than that leaves.
    `tls_context` is the system's trust where None.
    """

    def __init__(
        self,
        settings: DefaultSender,
        password: str,
        *,
        tls_context: ssl.SSLContext | None = None,
        timeout: float = 60.0,
        last_reply: float = LAST_REPLY,
        opening: float = OPENING,
        stop: threading.Event | None = None,
    ) -> None:
        self._settings = settings
        self._login = Login(settings.user, password)
        self._tls = tls_context
        self._timeout = timeout
        self._last_reply = last_reply
        self._opening = opening
        self._stop = stop

    @property
    def address(self) -> str:
        return self._settings.address

    def open(self, envelope: Envelope, message: bytes) -> "SmtpHandover":
        """Sign in, MAIL and RCPT. Goes on when at least one recipient was taken, except that a To whom the server
        cannot take *now* puts everything off: nothing has left, so nobody will get it twice.

        Raises NotNow, Refused or Unreachable.
        """
        _check_addresses(envelope)
        with nothing_left(self._settings.host):
            exchange = Exchange(self._opening * (1 + _EACH_RECIPIENT * len(envelope.recipients)), self._stop)
            return exchange.run(lambda: self._agree(envelope, message))

    def _agree(self, envelope: Envelope, message: bytes) -> "SmtpHandover":
        smtp = sign_in(self._settings, self._login, self._tls, self._timeout)
        try:
            with nothing_left(self._settings.host):
                data = on_the_wire(message)
                _mail(smtp, envelope, data)
                refused = _recipients(smtp, envelope)
        except BaseException:
            _leave(smtp)
            raise
        return SmtpHandover(
            smtp,
            self._settings.host,
            data,
            refused,
            last_reply=self._last_reply,
            step=self._timeout,
            stop=self._stop,
        )

    def ask(self, session: str, message: bytes) -> NoReturn:
        """SMTP has no way to ask: always raises AnswerLost."""
        raise AnswerLost(
            _("Facturier cannot ask a mail server whether it accepted an invoice."),
            todo=_("Look for it in the mailbox’s Sent folder, or ask the customer."),
        )

    def resume(self, session: str, message: bytes) -> "SmtpHandover":
        """SMTP cannot go on where it was: always raises AnswerLost, as `ask` does."""
        self.ask(session, message)

    def check(self) -> None:
        """Sign in and leave again, sending nothing. Raises NotNow, Refused or Unreachable."""
        with nothing_left(self._settings.host):
            Exchange(self._opening, self._stop).run(self._try)

    def _try(self) -> None:
        smtp = sign_in(self._settings, self._login, self._tls, self._timeout)
        try:
            with nothing_left(self._settings.host):
                reply = smtp.noop()
                if not accepted(reply):
                    raise verdict(reply, _("The mail server is not accepting email right now."), whole_sender=True)
        finally:
            _leave(smtp)


class SmtpType(DefaultType):
    """A mail server, as the company's default sender."""

    form = "smtp"
    name = N_("a mail server (SMTP)")
    detail = N_("default sender (SMTP)")
    has_password = True

    def create(self, context: SendContext, address: str) -> SmtpSender:
        settings = replace(context.company.sender, address=address)
        password = context.password
        if settings.user and not password:
            password = smtp_password(context.secrets or context.ws.keys.vault.read(), settings)
        return SmtpSender(settings, password, stop=context.ws.stop)


class SmtpHandover:
    """Recipients are agreed on; DATA, the message and the dot are left."""

    def __init__(
        self,
        smtp: smtplib.SMTP,
        host: str,
        data: bytes,
        refused: dict[str, str],
        *,
        last_reply: float,
        step: float,
        stop: threading.Event | None,
    ) -> None:
        self._smtp = smtp
        self._host = host
        self._data = data
        self._refused = refused
        self._last_reply = last_reply
        self._step = step
        self._stop = stop

    @property
    def session(self) -> str:
        return ""

    def hand_over(self) -> Receipt:
        """Raises NotNow, Refused or Unreachable up to the final dot (a server must not deliver without it: RFC 5321,
        4.1.1.4), and by the reply to it; AnswerLost from the dot on without a reply."""
        with nothing_left(self._host):
            try:
                Exchange(time_to_send(len(self._data), 2 * self._step), self._stop).run(self._write_message)
                reply = self._write_dot()
            except Ended:
                self._smtp.close()  # a QUIT would now be a line of the message
                raise
        if accepted(reply):
            return Receipt(server_id=words(reply)[4:] or str(reply[0]), reply=words(reply), refused=self._refused)
        if 400 <= reply[0] < 600:
            raise verdict(reply, _("The mail server received the invoice but did not accept it."))
        raise self._lost(words(reply))

    def close(self) -> None:
        _leave(self._smtp)

    def _write_message(self) -> None:
        reply = self._smtp.docmd("DATA")
        if reply[0] != 354:
            raise verdict(reply, _("The mail server refused to accept the invoice."))
        sock = socket_of(self._smtp)
        try:
            for start in range(0, len(self._data), _CHUNK):
                sock.sendall(self._data[start : start + _CHUNK])
        except OSError as error:
            # A server that stops says why before it closes the connection: its reply is better than "broken".
            with suppress(OSError):
                sock.settimeout(0.1 if isinstance(error, TimeoutError) else _LAST_WORDS)
                reply = self._smtp.getreply()
                if 400 <= reply[0] < 600:
                    raise verdict(reply, _("The mail server stopped while it was receiving the invoice.")) from None
            self._smtp.close()  # a QUIT would now be a line of the message
            raise

    def _write_dot(self) -> Reply:
        """From here on it may leave. The dot is a write of its own: all before it was written without error. Raises
        Ended where not even the dot was written."""
        try:
            return Exchange(self._last_reply, self._stop).run(self._end_message)
        except OSError as error:  # also smtplib's own 500 for a line that never ends: no word of the server's
            if isinstance(error, Ended) and not error.began:
                raise
            self._smtp.close()
            raise self._lost(type(error).__name__) from None

    def _end_message(self) -> Reply:
        sock = socket_of(self._smtp)
        sock.settimeout(self._last_reply)
        sock.sendall(b".\r\n")
        return self._smtp.getreply()

    def _lost(self, reply: str) -> AnswerLost:
        return AnswerLost(
            _("The whole invoice was sent to {host}, but the answer was lost.").format(host=self._host),
            reply=reply,
            todo=_(
                "Check the mailbox’s Sent folder or ask the customer whether it arrived, then record the answer here."
            ),
        )


def _check_addresses(envelope: Envelope) -> None:
    for address in (envelope.sender, *envelope.recipients):
        if not address or _NO_ADDRESS.search(address):
            raise Refused(
                _("“{address}” is not a valid email address.").format(address=address), kept=_("Nothing was sent.")
            )
    if not envelope.recipients:
        raise Refused(_("There is no recipient."), kept=_("Nothing was sent."))


def _mail(smtp: smtplib.SMTP, envelope: Envelope, data: bytes) -> None:
    options = ""
    limit = smtp.esmtp_features.get("size", "")
    if smtp.has_extn("size"):
        options += f" SIZE={len(data)}"  # RFC 1870
    if limit.isdecimal() and len(limit) < 20 and 0 < int(limit) < len(data):
        raise Refused(
            _("The email is {size} bytes. The mail server accepts at most {limit}.").format(
                size=len(data), limit=limit
            ),
            kept=_("Nothing was sent."),
            todo=_("Make it smaller, with a smaller logo for example, and send it again."),
        )
    # Our messages are 7-bit; only an address that is not ASCII makes them otherwise (RFC 6531).
    if not (data.isascii() and all(address.isascii() for address in (envelope.sender, *envelope.recipients))):
        if not smtp.has_extn("smtputf8"):
            raise Refused(
                _("The mail server does not support addresses with accented letters such as “é”."),
                kept=_("Nothing was sent."),
                todo=_("Use another address for this person, or send through Gmail."),
            )
        smtp.command_encoding = "utf-8"
        options += " BODY=8BITMIME SMTPUTF8"
    reply = smtp.docmd("MAIL", f"FROM:<{envelope.sender}>{options}")
    if not accepted(reply):
        raise verdict(
            reply,
            _("The mail server does not accept email from {address}.").format(address=envelope.sender),
            todo=_("Check the sender address."),
        )


def _recipients(smtp: smtplib.SMTP, envelope: Envelope) -> dict[str, str]:
    """Name every recipient; the server's words about those whom it refused."""
    refused: dict[str, Reply] = {}
    for address in envelope.recipients:
        reply = smtp.docmd("RCPT", f"TO:<{address}>")
        if reply[0] == 421 or not 200 <= reply[0] < 600:
            raise verdict(reply, _("The mail server stopped before the message was sent."))
        if not accepted(reply):
            refused[address] = reply
    later = [address for address, reply in refused.items() if 400 <= reply[0] < 500]
    nobody = len(refused) == len(envelope.recipients)
    if nobody or any(address in envelope.to for address in later):
        address = next((address for address in later if nobody or address in envelope.to), next(iter(refused)))
        raise verdict(
            refused[address],
            _("The mail server refused the recipient {address}.").format(address=address),
            todo=_("Check the address with the customer, correct it and send the invoice again."),
        )
    return {address: words(reply) for address, reply in refused.items()}


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye where there is still somebody. What goes wrong now means nothing."""
    with suppress(OSError):
        if smtp.sock:
            smtp.sock.settimeout(_GOODBYE)
            Exchange(_GOODBYE).run(smtp.quit)
    smtp.close()


_LINE_END = re.compile(rb"\r\n|\r|\n")
_BCC = re.compile(rb"^bcc[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


def on_the_wire(message: bytes) -> bytes:
    """The message without its Bcc field, every line ended by CRLF, leading dots doubled (RFC 5321, 2.3.8 and 4.5.2).

    Ends with CRLF; the line with the final dot is not part of it.
    """
    message = _LINE_END.sub(b"\r\n", message)
    head, blank, body = message.partition(b"\r\n\r\n")
    text = _BCC.sub(b"", head + b"\r\n") + blank.removeprefix(b"\r\n") + body
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return _LEADING_DOT.sub(b"..", text)
