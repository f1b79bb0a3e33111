"""Read a message of ours back: for the preview's headers, and for a delivery's history."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from facturier.mail.errors import MessageError
from facturier.mail.headers import read_fields
from facturier.models.clean import clean_lines
from facturier.models.language import _


@dataclass(frozen=True, slots=True)
class MessageParts:
    """What a message holds. `headers` are the top ones, decoded, in their order."""

    headers: tuple[tuple[str, str], ...]
    plain: str
    html: str
    document: bytes
    document_name: str

    def header(self, name: str) -> str:
        """The first header of that name, empty if there is none."""
        return next((text for known, text in self.headers if known.casefold() == name.casefold()), "")


def split_message(message: bytes) -> MessageParts:
    """The parts of a message made by `make_message`. Raises MessageError where one is missing."""
    parsed = message_from_bytes(message, EmailMessage, policy=policy.SMTP)
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    attached = [part for part in parsed.iter_attachments() if part.get_content_type() == "application/pdf"]
    if plain is None or html is None or not attached:
        raise MessageError(_("This is not a message with an invoice."))
    return MessageParts(
        headers=read_fields(message),
        plain=clean_lines(plain.get_content()),
        html=clean_lines(html.get_content()),
        document=attached[0].get_content(),
        document_name=attached[0].get_filename() or "",
    )


def headers_text(message: bytes) -> str:
    """The headers as a person reads them, one a line, decoded."""
    return "\n".join(f"{name}: {text}" for name, text in split_message(message).headers)
