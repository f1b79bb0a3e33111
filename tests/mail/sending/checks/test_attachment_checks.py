"""Problems with the files of an invoice are found before it is sent."""

from datetime import UTC, datetime

import pytest

from facturier.mail.sending.prepare import Prepared, prepare_invoice
from facturier.models.books.attachments import LARGEST_FILE, LARGEST_MESSAGE, Attachment, encoded_size
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.delivery import SenderKind
from tests.mail.samples import a_company, an_invoice


def prepared(*files: tuple[str, int], way: SenderKind = SenderKind.GMAIL, read: bool = True) -> Prepared:
    attachments = tuple(Attachment(at, name, "application/pdf", size) for at, (name, size) in enumerate(files, 1))
    return prepare_invoice(
        an_invoice(),
        a_company(),
        Composition(way, "anna@x.example", "", "", "Invoice 1043", "Here it is."),
        "billing@acme.example",
        datetime(2026, 11, 24, 12, tzinfo=UTC),
        files=attachments,
        contents=[b"\xa7" * size for _name, size in files] if read else (),
    )


def test_the_preview_names_what_is_in_the_message() -> None:
    made = prepared(("timesheet.pdf", 3_000), ("Invoice-1001-Acme-Conseil-inc.pdf", 2_000))
    assert made.ready
    assert made.attached == (
        ("Invoice-1001-Acme-Conseil-inc.pdf", len(made.document)),
        ("timesheet.pdf", 3_000),
        ("Invoice-1001-Acme-Conseil-inc (2).pdf", 2_000),
    )
    alone = prepared()
    assert abs(len(made.message) - len(alone.message) - encoded_size(3_000) - encoded_size(2_000)) < 1_000


@pytest.mark.parametrize("name", ["setup.exe", "Invoice.pdf.JS", "run.bat", "disk.iso", "a.exe. "])
def test_a_type_that_gmail_blocks_stops_gmail_and_warns_elsewhere(name: str) -> None:
    (finding,) = prepared((name, 10)).findings
    assert (finding.level, finding.field) == ("error", "document")
    assert "Gmail blocks files such as" in finding.text
    (finding,) = prepared((name, 10), way=SenderKind.DEFAULT).findings
    assert finding.level == "warning"


def test_a_message_that_is_too_large_with_its_files_is_not_ready() -> None:
    assert encoded_size(LARGEST_FILE) <= LARGEST_MESSAGE < encoded_size(LARGEST_FILE + 58)
    made = prepared(("a.pdf", LARGEST_FILE))  # with the PDF, it is a little more than 25 MB
    (finding,) = made.findings
    assert finding.level == "error"
    assert "26 MB with its files; Gmail accepts at most 25 MB" in finding.text
    assert not made.ready
    unread = prepared(("a.pdf", LARGEST_FILE), ("b.pdf", LARGEST_FILE), read=False)
    (finding,) = unread.findings
    assert "51 MB with its files" in finding.text
    assert not unread.message
