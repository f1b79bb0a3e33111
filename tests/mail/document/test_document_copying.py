"""Text copied from the PDF equals the original text: nothing is inserted to break long words."""

import io
import shutil
import subprocess
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from facturier.mail.document.document import make_document
from facturier.models.settings.line import Line
from tests.mail.samples import a_company, an_invoice, pdf_pages

REFERENCE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
LINK = "https://pay.example.com/p/cs_live_a1B2c3D4e5F6g7H8i9J0"
KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def by_pypdf(document: bytes) -> str:
    return "\n".join(pdf_pages(document))


def by_pdftotext(document: bytes) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    return subprocess.run(["pdftotext", "-", "-"], input=document, stdout=subprocess.PIPE, check=True).stdout.decode()


READERS = pytest.mark.parametrize("reader", [by_pypdf, by_pdftotext])


@READERS
def test_references_keys_and_links_are_copied_unchanged(reader: Callable[[bytes], str]) -> None:
    invoice = an_invoice(
        reference=REFERENCE,
        message=f"Pay at {LINK}/message, by the end of the month, by card or by transfer from any bank: {LINK}/last",
        lines=(Line(f"Licence key {KEY}", "", "1", "10", "GST"), Line(f"{KEY}{KEY[:10]}", KEY, "1", "10", "GST")),
    )
    company = a_company(pay_link=f"{LINK}/printed", payment_texts={"en": f"Or here: {LINK}/told"})
    said = reader(make_document(invoice, company, "1043"))
    for word in (REFERENCE, KEY, KEY + KEY[:10], *(f"{LINK}/{end}" for end in ("message", "last", "printed", "told"))):
        assert word in said.split() or f"{word}," in said.split(), word


@READERS
def test_a_word_longer_than_a_line_is_broken_without_added_characters(reader: Callable[[bytes], str]) -> None:
    long = "".join(f"{number:04}" for number in range(150))
    invoice = an_invoice(message=f"Before {long} after", lines=(Line(long, long, "1", "5", "GST"),), reference=long)
    said = reader(make_document(invoice, a_company(), "1043"))
    squeezed = "".join(said.split())
    assert squeezed.count(long) >= 3
    assert f"Before{long}after" in squeezed
    assert not set(said) & set("\u200b\u200c\u2060\u00ad\ufeff")
    assert max(map(len, said.split())) < len(long)


def test_the_link_is_clickable() -> None:
    document = make_document(an_invoice(), a_company(pay_link=LINK), "1043")
    annotations = PdfReader(io.BytesIO(document)).pages[0]["/Annots"]
    assert LINK in str([note.get_object() for note in annotations])  # type: ignore[attr-defined]
