"""Messages for sending tests."""

from email.message import EmailMessage

from facturier.models.outbox.delivery import Envelope

ENVELOPE = Envelope("billing@acme.example", ("marie@customer.example",), bcc=("archive@acme.example",))


def letter(message_id: str = "<1043@acme.example>", *, size: int = 0) -> bytes:
    """Return an RFC 5322 message, with an attachment of `size` bytes if `size` is given."""
    message = EmailMessage()
    message["From"] = "Acme Conseil inc. <billing@acme.example>"
    message["To"] = "Marie Tremblay <marie@customer.example>"
    message["Bcc"] = "archive@acme.example"
    message["Subject"] = "Facture 1043 — été"
    message["Message-ID"] = message_id
    message.set_content("Bonjour,\n\nvoici la facture.\n")
    if size:
        message.add_attachment(b"\xa7" * size, maintype="application", subtype="pdf", filename="Facture-1043.pdf")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
