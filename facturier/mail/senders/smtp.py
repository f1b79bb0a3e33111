"""Send through an SMTP server, step by step, so it is known whether a connection was lost before the final dot."""

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

# A client that waits less than ten minutes for the last reply may send duplicates (RFC 5321, 4.5.3.2.6).
LAST_REPLY = 600.0
_LAST_WORDS = 5.0
# Seconds for all steps before the message: some servers make every client wait for half a minute, and again for each
# recipient. The second value is a fraction of the first.
OPENING, _EACH_RECIPIENT = 120.0, 0.01
_GOODBYE = 1.0  # seconds; short, because an acceptance must be recorded soon and nothing depends on the QUIT
_CHUNK = 64 * 1024  # bytes; each write has the whole timeout, so that a large invoice can be sent over a slow line
_NO_ADDRESS = re.compile(r"[<>\s\x00-\x1f\x7f]")


class SmtpSender:
    """The default sender over SMTP with TLS or STARTTLS. Clear text is only allowed to a server on this machine.

    `timeout` is in seconds, for every step except the last. `last_reply` is the limit for the reply after the final
    dot. `opening` is the limit for all steps before the message together. Once `stop` is set, no step takes longer than
    that allows. `tls_context` defaults to the system's trusted certificates.
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
        """Sign in and send MAIL and RCPT.

        It continues if at least one recipient was accepted. But if the server cannot accept a To *now*, the whole
        message is delayed: nothing was sent, so nobody will receive it twice. Raises NotNow, Refused or Unreachable.
        """
        _check_addresses(envelope)
        with nothing_left(self._settings.host):
            exchange = Exchange(self._opening * (1 + _EACH_RECIPIENT * len(envelope.recipients)), self._stop)
            return exchange.run(lambda: self._agree(envelope, message), SmtpHandover.close)

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
        """Raise AnswerLost, because an SMTP server cannot be asked."""
        raise AnswerLost(
            _("Facturier cannot ask a mail server whether it accepted an invoice."),
            todo=_("Look for it in the mailbox’s Sent folder, or ask the customer."),
        )

    def resume(self, session: str, message: bytes) -> "SmtpHandover":
        """Raise AnswerLost like `ask`, because SMTP cannot resume."""
        self.ask(session, message)

    def check(self) -> None:
        """Sign in and disconnect without sending anything. Raises NotNow, Refused or Unreachable."""
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
    """A hand-over after the server has accepted the recipients. DATA, the message and the dot are still to be sent."""

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
        """Send DATA, the message and the final dot.

        Raises NotNow, Refused or Unreachable before the dot, without which a server must not deliver (RFC 5321,
        4.1.1.4), and for the reply to it. Raises AnswerLost if there is no reply to the dot.
        """
        with nothing_left(self._host):
            try:
                Exchange(time_to_send(len(self._data), 2 * self._step), self._stop).run(self._write_message)
                reply = self._write_dot()
            except Ended:
                self._smtp.close()  # a QUIT would become a line of the message
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
            # A server that stops usually sends the reason before it closes the connection, so report that reply.
            with suppress(OSError):
                sock.settimeout(0.1 if isinstance(error, TimeoutError) else _LAST_WORDS)
                reply = self._smtp.getreply()
                if 400 <= reply[0] < 600:
                    raise verdict(reply, _("The mail server stopped while it was receiving the invoice.")) from None
            self._smtp.close()  # a QUIT would become a line of the message
            raise

    def _write_dot(self) -> Reply:
        """Write the final dot in a separate write, and return the reply. From now on, the message may be sent.

        Raises Ended if not even the dot was written.
        """
        try:
            return Exchange(self._last_reply, self._stop).run(self._end_message)
        except OSError as error:  # also smtplib's own code 500 for an endless line, which is not the server's answer
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
    # Our messages are 7-bit, unless an address is not ASCII (RFC 6531).
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
    """Send RCPT for every recipient. Return the refused ones with the server's answers."""
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
    """Send QUIT if the connection is still open. Errors are ignored, because they no longer matter."""
    with suppress(OSError):
        if smtp.sock:
            smtp.sock.settimeout(_GOODBYE)
            Exchange(_GOODBYE).run(smtp.quit)
    smtp.close()


_LINE_END = re.compile(rb"\r\n|\r|\n")
_BCC = re.compile(rb"^bcc[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


def on_the_wire(message: bytes) -> bytes:
    """Return the message without its Bcc field, with CRLF line ends and doubled leading dots (RFC 5321, 2.3.8, 4.5.2).

    It ends with CRLF. The line with the final dot is not included.
    """
    message = _LINE_END.sub(b"\r\n", message)
    head, blank, body = message.partition(b"\r\n\r\n")
    text = _BCC.sub(b"", head + b"\r\n") + blank.removeprefix(b"\r\n") + body
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    return _LEADING_DOT.sub(b"..", text)
