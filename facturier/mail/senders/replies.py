"""What an SMTP server's reply lets us conclude."""

from facturier.mail.errors import NotNow, Refused, SenderRefused, SendError, Unreachable
from facturier.mail.redaction import redact
from facturier.models.language import _

_SIGN_IN = (530, 534, 535, 538)  # RFC 4954, section 6: about signing in, at whatever step

Reply = tuple[int, bytes]  # the code and the text, as smtplib reads them; code -1 where there was none


def accepted(reply: Reply) -> bool:
    return 200 <= reply[0] < 300


def words(reply: Reply) -> str:
    """The server's own words on one line, code first, without any secret, at most 500 characters."""
    code, text = reply
    return redact(f"{code} {text.decode('utf-8', 'replace')}")


def verdict(reply: Reply, happened: str, *, todo: str = "", whole_sender: bool = False) -> SendError:
    """The error to raise for a reply that is not an acceptance, as long as nothing can have left.

    4xx is NotNow and 5xx Refused (RFC 5321, 4.2.1), SenderRefused where it is about the `whole_sender`. 421 closes the
    channel (4.2.3), so the server wants a pause of everything. Anything else is not SMTP, and is taken as no server.
    """
    code = reply[0]
    said = happened + " " + _("The mail server said: “{reply}”.").format(reply=words(reply))
    if 400 <= code < 500:
        return NotNow(said, whole_sender=whole_sender or code == 421, reply=words(reply))
    if 500 <= code < 600:
        kind = SenderRefused if whole_sender or code in _SIGN_IN else Refused
        return kind(said, reply=words(reply), kept=_("Nothing left."), todo=todo)
    return Unreachable(said, reply=words(reply), kept=_("Nothing left."), todo=todo)
