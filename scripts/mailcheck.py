"""Write the files for `mailcheck.sh` to a folder: the built-in email in both languages as .eml, .html and .pdf, and a
document of 200 lines."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sample_invoices import sample_invoices

from facturier.mail.document.document import make_document
from facturier.mail.letter.filling import fill, fill_markdown
from facturier.mail.letter.letter import default_letter, default_subject, make_letter
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.message import make_message
from facturier.models.outbox.delivery import Envelope


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        samples = sample_invoices(Path(folder))
        for language, name in (("en", "document"), ("fr", "document-french")):
            invoice, company = samples[name]
            values = letter_values(invoice, company)
            text = fill_markdown(default_letter(language), values)
            letter = make_letter(text, company.name, language, colour=company.colour)
            document = make_document(invoice, company)
            message = make_message(
                invoice,
                company,
                Envelope("billing@acme.example", ("compta@tremblay.example",)),
                fill(default_subject(language), values),
                letter,
                document,
                number="",
                sent=datetime.now(UTC),
            )
            (target / f"{language}.pdf").write_bytes(document)
            (target / f"{language}.html").write_text(letter.html)
            (target / f"{language}.eml").write_bytes(message)
        (target / "long.pdf").write_bytes(make_document(*samples["document-200-lines"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
