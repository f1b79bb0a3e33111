"""Simulated failures: in the demo company, mail to some addresses fails.

Mail to `refused@…` is refused. Mail to `doubt@…` is delivered, but the answer is lost. Mail to `bounced@…` bounces: the
bounce is saved beside the message, ready to be recorded. Only the first address in To counts.
"""

from email import message_from_bytes, policy
from enum import StrEnum
from pathlib import Path

from facturier.mail.errors import AnswerLost, Refused
from facturier.mail.senders.folder import FolderHandover, FolderSender
from facturier.mail.senders.protocol import Receipt
from facturier.models.outbox.delivery import Envelope
from facturier.models.text.i18n import _

REFUSAL = "The email account that you tried to reach does not exist (practice)."


class Failure(StrEnum):
    """A failure. The value is the local part (before the @) of the address that causes it."""

    REFUSED = "refused"
    DOUBT = "doubt"
    BOUNCED = "bounced"


def failure_of(message: bytes) -> Failure | None:
    """Return how a message should fail, or None if it should not."""
    address = _recipient(message)
    return next((failure for failure in Failure if address.startswith(f"{failure}@")), None)


def bounce_of(message: bytes) -> bytes:
    """Return the bounce email for a message (RFC 3464)."""
    headers = message.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode(errors="replace")
    parsed = message_from_bytes(message, policy=policy.default)
    parts = (
        ("text/plain; charset=utf-8", f"Your message to {_recipient(message)} could not be delivered.\n\n{REFUSAL}"),
        (
            "message/delivery-status",
            "Reporting-MTA: dns; practice.example\n\n"
            f"Final-Recipient: rfc822; {_recipient(message)}\nAction: failed\nStatus: 5.1.1\n"
            f"Diagnostic-Code: smtp; 550 5.1.1 {REFUSAL}",
        ),
        ("text/rfc822-headers; charset=utf-8", headers),
    )
    body = "".join(f"--practice\nContent-Type: {kind}\n\n{text}\n\n" for kind, text in parts)
    return (
        f"From: Mail Delivery Subsystem <mailer-daemon@practice.example>\nTo: {parsed['From']}\n"
        "Subject: Delivery Status Notification (Failure)\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="practice"\n\n'
        f"{body}--practice--\n"
    ).encode()


def lay_bounce_beside(path: Path, message: bytes) -> None:
    path.with_name(f"{path.stem}-came-back.eml").write_bytes(bounce_of(message))


class RehearsingFolder(FolderSender):
    """The folder of the demo company's default sender."""

    def open(self, envelope: Envelope, message: bytes) -> FolderHandover:
        if failure_of(message) is Failure.REFUSED:
            raise Refused(
                _("The mail server refused the message."), reply=f"550 5.1.1 {REFUSAL}", kept=_("Nothing was sent.")
            )
        return super().open(envelope, message)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        if failure_of(message) is Failure.DOUBT:
            raise AnswerLost(_("The answer was lost."), reply="503 (practice)")
        return super().ask(session, message)

    def put(self, path: Path) -> Receipt:
        receipt = super().put(path)
        message = path.read_bytes()
        match failure_of(message):
            case Failure.DOUBT:
                raise AnswerLost(_("The answer was lost."), reply="503 (practice)")
            case Failure.BOUNCED:
                lay_bounce_beside(path, message)
        return receipt


def _recipient(message: bytes) -> str:
    """Return the first address in To, in lower case."""
    head = message.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"
    to = message_from_bytes(head, policy=policy.default)["To"]
    return to.addresses[0].addr_spec.casefold() if to is not None and to.addresses else ""
