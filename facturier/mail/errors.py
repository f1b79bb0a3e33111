"""Errors about connecting, composing and sending.

FacturierError
├── VaultError               secrets
│   ├── NotAMember           this person's identity cannot open the vault
│   ├── VaultChanged         the vault is older than the last one seen, a different one, or missing
│   ├── WrongPassphrase      the passphrase does not open the identity file
│   └── TooBusy              the passphrase could not be checked, because this machine is too slow at the moment
├── WrongGoogle              the secrets belong to the real Google and a stand-in is in use, or the other way round
├── ConnectError             connecting a Google account
│   ├── ClientFileError      the OAuth client's JSON is not for a desktop app
│   ├── AnswerError          the response does not match our request
│   ├── ConsentRefused       the person did not grant access, or not all of it
│   └── DeviceRefused        the server grants no device code
├── LetterError              a template has an unknown placeholder or is nested too deeply
├── DocumentError            the document cannot be made, for example because a character has no glyph
├── MessageError             the message cannot be made, for example because of an address or its size
│   ├── UnreadBounce         the program cannot read a bounce or match it to an invoice; a person may be able to
│   └── LateOnly             the mail only says that the server is still trying
└── SendError                a delivery failed; the subclass says what the postman may conclude
    ├── NotNow               a temporary error: safe to try again, at `retry` if the server gave a time
    ├── Refused              a permanent error: the message was not sent and will not be
    │   └── SenderRefused    the sender is refused for every message: its queue waits until a person fixes it
    ├── ConnectionOver       Google ended the connection (invalid_grant): a person must reconnect
    ├── Unreachable          no server was reached, or it was lost before anything was sent: safe to try again
    └── AnswerLost           the message may have been sent: nobody can know
        └── NotFromGmail     something other than Gmail answered, and would answer every message
"""

from datetime import datetime

from facturier.mail.redaction import redact
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _


class VaultError(FacturierError): ...


class NotAMember(VaultError): ...


class VaultChanged(VaultError): ...


class WrongPassphrase(VaultError): ...


class TooBusy(VaultError): ...


class WrongGoogle(FacturierError): ...


class ConnectError(FacturierError): ...


class ClientFileError(ConnectError): ...


class AnswerError(ConnectError): ...


class ConsentRefused(ConnectError): ...


class DeviceRefused(ConnectError): ...


class LetterError(FacturierError): ...


class DocumentError(FacturierError): ...


class MessageError(FacturierError): ...


class UnreadBounce(MessageError): ...


class LateOnly(MessageError): ...


class SendError(FacturierError):
    """A delivery failed.

    `reply` is the server's own text, without secrets, for the journal. `happened` is our sentence for the reader;
    `redact` has removed secrets from anything in it that a server said.
    """

    def __init__(self, happened: str, *, reply: str = "", kept: str = "", todo: str = "") -> None:
        super().__init__(happened, kept=kept, todo=todo)
        self.reply = redact(reply)


class NotNow(SendError):
    """A temporary error.

    `retry` is the time that the server gave, if any. `whole_sender` is True if the server asked for a pause of
    everything from this address, not only of this message.
    """

    def __init__(
        self, happened: str, *, retry: datetime | None = None, whole_sender: bool = False, reply: str = ""
    ) -> None:
        super().__init__(happened, reply=reply)
        self.retry = retry
        self.whole_sender = whole_sender


class Refused(SendError): ...


class SenderRefused(Refused): ...


class ConnectionOver(SendError): ...


class Unreachable(SendError): ...


def short_of() -> Unreachable:
    """Return the error for a machine without free file handles or memory. No server was contacted."""
    return Unreachable(
        _("Cannot open a connection: this machine is out of memory or has too many open files."),
        kept=_("The invoice is waiting in the outbox."),
        todo=_("Close other programs, or raise the limit with “ulimit -n”, then try again."),
    )


class AnswerLost(SendError): ...


class NotFromGmail(AnswerLost): ...
