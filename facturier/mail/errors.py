"""What can go wrong on the way out.

FacturierError
├── VaultError              secrets
│   ├── NotAMember         this person's identity opens nothing here
│   ├── VaultChanged        the vault is older than the one seen last, another one, or gone
│   └── WrongPassphrase     the identity file is wrapped and the passphrase does not open it
├── WrongGoogle              a stand-in for Google where the real one belongs, or the other way round
├── ConnectError            connecting a Google account
│   ├── ClientFileError     the OAuth client's JSON is not a desktop app's
│   ├── AnswerError         what came back is not the answer to our question
│   ├── ConsentRefused      the person did not allow it, or not all of it
│   └── DeviceRefused       the server grants no device code
├── LetterError             a template names a placeholder that there is not
├── DocumentError           the document cannot be made (a character without a glyph)
├── MessageError            the message cannot be made: an address, the size
│   ├── UnreadBounce        a mail that was handed in names no invoice that came back; a person can
│   └── LateOnly            it only says that the mail server is still trying
└── SendError               a delivery did not go through; says what the postman may conclude
    ├── NotNow              a clear "not now": safe to try again, at `retry` if the server named a time
    ├── Refused             a clear refusal: it did not leave and will not
    │   └── SenderRefused   of the sender, whatever the message: its queue waits until a person has mended it
    ├── ConnectionOver      Google ended the connection (invalid_grant): stop, a person must reconnect
    ├── Unreachable         no server was reached, or it was lost before anything could leave: safe to try again
    └── AnswerLost          it may have left: nobody can know
        └── NotFromGmail    …and what answered in Gmail's place does so to every message
"""

from datetime import datetime

from facturier.mail.redaction import redact
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _


class VaultError(FacturierError): ...


class NotAMember(VaultError): ...


class VaultChanged(VaultError): ...


class WrongPassphrase(VaultError): ...


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
    """`reply` is the server's own words, for the journal, without any secret; `happened` is ours, for the reader, and
    what it quotes of a server has passed `redact`."""

    def __init__(self, happened: str, *, reply: str = "", kept: str = "", todo: str = "") -> None:
        super().__init__(happened, kept=kept, todo=todo)
        self.reply = redact(reply)


class NotNow(SendError):
    """`whole_sender` is True when the server asked for a pause of everything from this address, not of this message."""

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
    """It is this machine that has no open file or memory left, and no server was asked."""
    return Unreachable(
        _("Cannot open a connection: this machine is out of memory or has too many open files."),
        kept=_("The invoice is waiting in the outbox."),
        todo=_("Close other programs, or raise the limit with “ulimit -n”, then try again."),
    )


class AnswerLost(SendError): ...


class NotFromGmail(AnswerLost): ...
