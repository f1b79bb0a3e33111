"""Connect to an SMTP server, encrypt the connection and sign in. A server that cannot be trusted is an error."""

import base64
import io
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from facturier.mail.errors import NotNow, Refused, SenderRefused, SendError, Unreachable, short_of
from facturier.mail.exchange import Bounded, Ended, is_short_of, watch
from facturier.mail.redaction import protect, redact
from facturier.models.settings.company import DefaultSender
from facturier.models.text.i18n import _

_SIGN_IN = (530, 534, 535, 538)  # reply codes about signing in, at any step (RFC 4954, section 6)

Reply = tuple[int, bytes]  # the code and the text, as smtplib reads them; the code is -1 if there was no reply


def accepted(reply: Reply) -> bool:
    return 200 <= reply[0] < 300


def words(reply: Reply) -> str:
    """Return the server's reply on one line, code first, without secrets, and at most 500 characters."""
    code, text = reply
    return redact(f"{code} {text.decode('utf-8', 'replace')}")


def verdict(reply: Reply, happened: str, *, todo: str = "", whole_sender: bool = False) -> SendError:
    """Return the error for a reply that is not an acceptance, while nothing can have been sent.

    4xx is NotNow and 5xx is Refused (RFC 5321, 4.2.1), or SenderRefused if it is about the `whole_sender`. With 421,
    the server closes the channel (4.2.3), so everything is paused. Anything else is not SMTP and becomes Unreachable.
    """
    code = reply[0]
    said = happened + " " + _("The mail server answered: “{reply}”.").format(reply=words(reply))
    if 400 <= code < 500:
        return NotNow(said, whole_sender=whole_sender or code == 421, reply=words(reply))
    if 500 <= code < 600:
        kind = SenderRefused if whole_sender or code in _SIGN_IN else Refused
        return kind(said, reply=words(reply), kept=_("Nothing was sent."), todo=todo)
    return Unreachable(said, reply=words(reply), kept=_("Nothing was sent."), todo=todo)


@dataclass(frozen=True, slots=True)
class Login:
    """A user name and a password. Without a user name, there is no sign-in."""

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if self.password:
            protect(self.password, f"\0{self.user}\0{self.password}")


class Smtp(smtplib.SMTP):
    """smtplib's class, with a limit on what the server sends, and with its socket known to the current exchange."""

    def connect(self, *args: Any, **kwargs: Any) -> Reply:
        try:
            return super().connect(*args, **kwargs)
        except BaseException:
            self.close()  # the caller has no object that it could close
            raise

    def getreply(self) -> Reply:
        watch(self.sock)
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(Bounded(self.sock.makefile("rb")))
        return super().getreply()

    def send(self, s: Any) -> None:
        watch(self.sock)
        super().send(s)


class SmtpOverTls(smtplib.SMTP_SSL, Smtp):
    """A connection with TLS from the first byte."""


def sign_in(settings: DefaultSender, login: Login, tls: ssl.SSLContext | None, timeout: float) -> smtplib.SMTP:
    """Return a signed-in connection, ready for MAIL. The caller closes it. `timeout` is in seconds, for each step.

    Raises SenderRefused, NotNow or Unreachable; the connection is then closed.
    """
    with nothing_left(settings.host):
        smtp = _connect(settings, tls or ssl.create_default_context(), timeout)
        try:
            if login.user:
                _authenticate(smtp, login)
        except BaseException:
            smtp.close()
            raise
        return smtp


@contextmanager
def nothing_left(host: str) -> Iterator[None]:
    """Convert a lost connection into Unreachable, because nothing can have been sent yet inside this block."""
    try:
        yield
    except OSError as error:  # this includes smtplib's own errors
        if is_short_of(error):
            raise short_of() from None
        if isinstance(error, Ended):
            raise Unreachable(
                _("The mail server {host} did not answer in time.").format(host=host),
                reply=type(error).__name__,
                kept=_("Nothing was sent."),
            ) from None
        raise Unreachable(
            _("Cannot reach the mail server {host}, or the connection was lost.").format(host=host),
            reply=str(error.strerror or type(error).__name__),
            kept=_("Nothing was sent."),
        ) from None


def socket_of(smtp: smtplib.SMTP) -> socket.socket:
    """Return the socket. Raises SMTPServerDisconnected, an OSError, if smtplib has closed it after an error."""
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected
    return smtp.sock


def _connect(settings: DefaultSender, tls: ssl.SSLContext, timeout: float) -> smtplib.SMTP:
    host, port = settings.host, settings.port
    if not host or not 0 < port < 65536 or settings.security not in ("tls", "starttls", "none"):
        raise SenderRefused(
            _("The settings of the mail server are incomplete."), todo=_("Complete the sender settings.")
        )
    try:
        # With a name, smtplib does not look up the name of this machine, which can take minutes. `_greet` replaces the
        # name with the address.
        if settings.security == "tls":
            smtp: smtplib.SMTP = SmtpOverTls(host, port, "localhost", timeout=timeout, context=tls)
        else:
            smtp = Smtp(host, port, "localhost", timeout=timeout)
    except smtplib.SMTPConnectError as error:
        raise verdict(
            _reply(error), _("The mail server is not accepting email right now."), whole_sender=True
        ) from None
    except ssl.SSLError as error:
        _distrust(host, error)
        raise
    except ValueError:
        raise SenderRefused(
            _("“{host}” is not a valid name for a mail server.").format(host=host),
            todo=_("Correct the sender settings."),
        ) from None
    try:
        _greet(smtp)
        if settings.security == "starttls":
            _start_tls(smtp, host, tls)
        elif settings.security == "none" and not ipaddress.ip_address(socket_of(smtp).getpeername()[0]).is_loopback:
            raise SenderRefused(
                _(
                    "Without encryption, email can only be sent to a server on this machine, and {host} is not one."
                ).format(host=host),
                todo=_("Choose TLS or STARTTLS in the sender settings."),
            )
    except BaseException:
        smtp.close()
        raise
    return smtp


def _greet(smtp: smtplib.SMTP) -> None:
    address = socket_of(smtp).getsockname()[0]
    smtp.local_hostname = f"[IPv6:{address}]" if ":" in address else f"[{address}]"  # RFC 5321, 4.1.3
    reply = smtp.ehlo()
    if not accepted(reply):
        raise verdict(reply, _("The mail server refused the connection."), whole_sender=True)


def _start_tls(smtp: smtplib.SMTP, host: str, tls: ssl.SSLContext) -> None:
    if not smtp.has_extn("starttls"):
        raise SenderRefused(
            _("The mail server {host} does not offer encryption (STARTTLS), or a firewall hides it.").format(host=host),
            kept=_("Nothing was sent in clear text."),
            todo=_("Try TLS with port 465, or ask the administrator of the server."),
        )
    try:
        smtp.starttls(context=tls)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPResponseException as error:
        raise verdict(_reply(error), _("The mail server did not start encryption."), whole_sender=True) from None
    except ssl.SSLError as error:
        _distrust(host, error)
        raise
    _greet(smtp)


def _distrust(host: str, error: ssl.SSLError) -> None:
    """Raise SenderRefused if a person must act. Return if the connection was only lost."""
    if isinstance(error, ssl.SSLCertVerificationError):
        raise SenderRefused(
            _("The mail server {host} could not prove its identity: {reason}.").format(
                host=host, reason=redact(error.verify_message, 200)
            ),
            reply=error.verify_message,
            kept=_("Neither the message nor the password was sent."),
            todo=_("Check the host name of the mail server, or ask its administrator about the certificate."),
        ) from None
    if not isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, TimeoutError)):
        raise SenderRefused(
            _("The mail server {host} does not use TLS on this port.").format(host=host),
            reply=error.reason or "",
            kept=_("Neither the message nor the password was sent."),
            todo=_("Use TLS with port 465 or STARTTLS with port 587."),
        ) from None


def _authenticate(smtp: smtplib.SMTP, login: Login) -> None:
    """Sign in once with PLAIN (RFC 4616), or else LOGIN.

    smtplib's own login would repeat the password until the server locks the account, and cannot send a password that is
    not ASCII.
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        reply = smtp.docmd("AUTH", "PLAIN " + _coded(f"\0{login.user}\0{login.password}"))
    elif "LOGIN" in offered:
        reply = smtp.docmd("AUTH", "LOGIN")
        for answer in (login.user, login.password):
            if reply[0] == 334:
                reply = smtp.docmd(_coded(answer))
    else:
        raise SenderRefused(
            _("The mail server does not allow sign-in with a password."),
            reply=" ".join(offered),
            kept=_("Nothing was sent."),
            todo=_("Check the port, or ask the administrator whether the server allows passwords."),
        )
    if not accepted(reply):
        raise verdict(
            reply,
            _("The mail server rejected the sign-in of {user}.").format(user=login.user),
            todo=_("Check the user name and password of the mail server. Some servers require an app password."),
            whole_sender=True,
        )


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _reply(error: smtplib.SMTPResponseException) -> Reply:
    text = error.smtp_error
    return error.smtp_code, text if isinstance(text, bytes) else text.encode()
