"""The PDF: its content, its format, and the input that it refuses."""

import http.server
import io
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from facturier.mail.document.document import draw_page, make_document, make_pages
from facturier.mail.document.glyphs import MissingGlyphs
from facturier.mail.document.half_blocks import page_picture
from facturier.mail.document.plain_text import document_text
from facturier.mail.document.texts.invoice import document_content
from facturier.mail.errors import DocumentError
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.models.text.clean import clean
from tests.mail.document.small_font import font_with
from tests.mail.samples import RATES, a_company, a_customer, an_invoice, many_lines, pdf_pages, squeezed

# Characters on European and American keyboards.
TYPED = st.text(
    st.one_of(
        st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc", "Cf"]),
        st.characters(min_codepoint=0x3B1, max_codepoint=0x3C9),
        st.characters(min_codepoint=0x410, max_codepoint=0x44F),
        st.sampled_from("€£¥$–—“”‘’«»…•™№→ŒœŸẞ#*_`[]<>{}\\@\"'&%/|~^"),
    ),
    min_size=1,
    max_size=60,
).filter(lambda text: clean(text) != "")
HOSTILE = [
    '#panic("x")',
    '#read("/etc/hostname")',
    '#image("http://127.0.0.1/x.png")',
    '#import "@preview/cetz:0.3.0"',
    "$ sum_1^2 $",
    "= Heading *bold* _it_ `raw` <label> @ref",
    '"); panic("x"); ("',
    "// comment",
    "/* comment */",
    "\\u{1F600} \\",
    "<script>alert(1)</script>",
    "{customer} {{7*7}} ${7*7}",
    "../../etc/passwd",
    "- one",
]


def text_of(document: bytes) -> str:
    return squeezed("".join(pdf_pages(document)))


@given(name=TYPED, line=TYPED, message=TYPED, address=TYPED)
@settings(max_examples=25)
def test_typed_text_appears_unchanged_in_the_document(name: str, line: str, message: str, address: str) -> None:
    invoice = an_invoice(
        customer=a_customer(name=name, address=address), lines=(Line(line, "", "1", "5", "GST"),), message=message
    )
    said = text_of(make_document(invoice, a_company(), "1043"))
    for typed in (name, line, message, address):
        assert squeezed(clean(typed)) in said


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    invoice = an_invoice(
        customer=a_customer(name=text, contact=text, address=text),
        lines=(Line(text, text, text, "1", text), Line(text, "", "2", "3", "GST")),
        message=text,
        reference=text,
    )
    said = text_of(make_document(invoice, a_company(name=text, address=text, payment_texts={"en": text}), text))
    assert said.count(squeezed(text)) >= 10


def test_invisible_characters_are_removed() -> None:
    invoice = an_invoice(customer=a_customer(name="Evil\u202etxt\x00\x1b[31m\u200b"), message="a\x07b\x85c")
    said = text_of(make_document(invoice, a_company(), "1043"))
    assert "Eviltxt[31m" in said
    assert "abc" in said


def test_a_word_longer_than_a_line_stays_on_the_page() -> None:
    invoice, company = an_invoice(lines=(Line("w" * 300, "", "1", "5", "GST"),)), a_company(name="x" * 200)
    assert text_of(make_document(invoice, company, "1043")).count("w" * 300) == 1
    below_the_bar = page_picture(make_pages(invoice, company, "1043", width=100)[0])[2:]
    assert {(row[-1].fg, row[-1].bg) for row in below_the_bar} == {((255, 255, 255), (255, 255, 255))}


def test_it_shows_the_parties_the_lines_and_the_total() -> None:
    said = " ".join(pdf_pages(make_document(an_invoice(), a_company(), "1043")))
    for words in (
        "Acme Conseil inc.",
        "+1 514 555 0199",
        "GST 12345 6789 RT0001",
        "Boulangerie Tremblay",
        "1043",
        "24 December 2026",
        "30 days",
        "PO 7781",
        "October, on site",
        "1,000.00",
        "-100.00",
        "GST 5%",
        "48.68",
        "QST 9.975% on 900.00",
        "89.78",
        "CAD\u00a01,111.96",
    ):
        assert words in said.replace("\n", " "), words


@pytest.mark.parametrize(("language", "label"), [("en", "Project"), ("fr", "Projet")])
def test_it_names_the_project(language: str, label: str) -> None:
    customer = a_customer(language=language)
    said = text_of(make_document(an_invoice(customer=customer, project="North wing"), a_company(), "1043"))
    assert squeezed(f"{label}North wing") in said
    assert label not in text_of(make_document(an_invoice(customer=customer), a_company(), "1043"))


def test_it_shows_the_customers_vat_id_below_the_address_where_vat_applies() -> None:
    vat = (TaxRate("VAT", Decimal(20), category="S"), TaxRate("Reverse charge", Decimal(0), category="AE"))
    french = a_customer(language="fr", address="2 rue B\n69001 Lyon", vat_id="FR40303265045")

    def billed(tax: str, rates: tuple[TaxRate, ...] = vat, **changes: Any) -> str:
        lines = (Line("Work", rate="10", tax=tax),)
        changes = {"customer": french} | changes
        return document_content(an_invoice(lines=lines, rates=rates, **changes), a_company()).billed_lines

    shown = "Marie Tremblay\n2 rue B\n69001 Lyon\nNº de TVA FR40303265045"
    assert [billed(tax) for tax in ("VAT", "Reverse charge")] == [shown, shown]
    assert "TVA" not in billed("") + billed("GST", RATES) + billed("VAT", customer=replace(french, vat_id=""))
    typed = replace(french, language="", address="2 rue B\nTVA FR 40 303 265 045")
    assert "VAT ID" not in billed("Reverse charge", customer=typed)


@pytest.mark.parametrize(
    ("language", "rate", "taxes"),
    [
        ("en", "1 EUR = 1.4725 CAD", [("GST 5% in CAD", "0.74"), ("QST 9.975% in CAD", "1.47")]),
        ("fr", "1 EUR = 1,4725 CAD", [("TPS 5 % en CAD", "0,74"), ("TVQ 9,975 % en CAD", "1,47")]),
    ],
)
def test_taxes_in_a_foreign_currency_are_stated_in_the_national_one(
    language: str, rate: str, taxes: list[tuple[str, str]]
) -> None:
    lines = (Line("Work", rate="10", tax="GST+QST"),)
    invoice = an_invoice(customer=a_customer(language=language), lines=lines, currency="EUR", exchange_rate="1.4725")
    content = document_content(invoice, a_company())
    facts = [fact.text.replace("\u00a0", " ") for fact in content.facts]
    assert rate in facts
    sums = [(label.replace("\u00a0", " "), text) for label, text in map(astuple, content.sums)]
    assert sums[-2:] == taxes
    # A credit note is printed with positive amounts; without a rate, or at home, nothing is converted.
    credit = replace(invoice, kind=InvoiceKind.CREDIT_NOTE, lines=(replace(lines[0], quantity="-1"),))
    assert document_content(credit, a_company()).sums == content.sums
    for change in ({"exchange_rate": ""}, {"currency": "CAD"}):
        other = document_content(replace(invoice, **change), a_company())  # type: ignore[arg-type]
        assert len(other.sums) == len(content.sums) - 2
        assert len(other.facts) == len(content.facts) - 1


@pytest.mark.parametrize(
    ("language", "taxes"),
    [
        ("en", [("VAT 20% included, on 90.00", "18.00"), ("VAT exempt 0% included, on 50.00", "0.00")]),
        ("fr", [("TVA 20 % incluse, sur 90,00", "18,00"), ("TVA exonérée 0 % incluse, sur 50,00", "0,00")]),
    ],
)
def test_the_taxable_amount_of_each_rate_is_stated_where_prices_include_the_tax(
    language: str, taxes: list[tuple[str, str]]
) -> None:
    """Directive 2006/112/EC, article 226, point 8."""
    rates = (TaxRate("VAT", Decimal(20), category="S"), TaxRate("VAT exempt", Decimal(0), category="E"))
    lines = (Line("Table", rate="120", tax="VAT", discount="10%"), Line("Course", rate="50", tax="VAT exempt"))
    customer = a_customer(language=language)
    invoice = an_invoice(customer=customer, lines=lines, rates=rates, currency="EUR", inclusive=True)
    sums = [astuple(row) for row in document_content(invoice, a_company(currency="EUR")).sums]
    assert [(label.replace("\u00a0", " "), text) for label, text in sums[1:3]] == taxes


def test_the_same_invoice_gives_the_same_bytes() -> None:
    first = make_document(an_invoice(), a_company(pay_link="https://pay.example/"), "1043")
    assert first == make_document(an_invoice(), a_company(pay_link="https://pay.example/"), "1043")
    assert first != make_document(an_invoice(), a_company(pay_link="https://pay.example/"), "1044")


def test_it_meets_pdf_a_and_pdf_ua() -> None:
    document = make_document(an_invoice(customer=a_customer(language="fr")), a_company(), "1043")
    reader = PdfReader(io.BytesIO(document))
    flags = reader.xmp_metadata
    assert flags is not None
    packet = flags.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in packet
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in packet
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    root = reader.root_object
    assert str(root["/Lang"]) == "fr"
    assert root.get("/StructTreeRoot") is not None
    assert reader.metadata is not None
    assert reader.metadata.title is not None
    assert "1043" in reader.metadata.title


def test_every_font_is_embedded() -> None:
    reader = PdfReader(io.BytesIO(make_document(an_invoice(message="שלום →"), a_company(), "1043")))
    embedded = [
        any(key in font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for key in ("/FontFile2", "/FontFile3"))
        for page in reader.pages
        for font in fonts_of(page)
    ]
    assert len(embedded) >= 2
    assert all(embedded)


def fonts_of(page: DictionaryObject) -> list[Any]:
    resources = page["/Resources"]
    assert isinstance(resources, DictionaryObject)
    return [font.get_object() for font in resources["/Font"].values()]  # type: ignore[attr-defined]


def test_two_hundred_lines_carry_subtotals_between_pages() -> None:
    pages = pdf_pages(make_document(an_invoice(lines=many_lines(200)), a_company(), "1043"))
    assert len(pages) > 4
    table = [page for page in pages if "Service" in page]
    for before, after in pairwise(table):
        last = max(number for number in range(1, 201) if f"Service {number:03}" in before)
        carried = f"{last * 10:,}.00"
        assert carried in before.split("Carried forward")[1]
        assert carried in after.split("Brought forward")[1]
        assert "Description" in after
        assert f"Service {last + 1:03}" in after
    assert "Brought forward" not in pages[0]
    assert "Carried forward" not in pages[-1]
    for at, page in enumerate(pages, 1):
        assert f"Page {at} of {len(pages)}" in page
    assert "2,100.00" in pages[-1]


def test_a_paid_invoice_says_so_and_shows_no_payment_instructions() -> None:
    invoice = an_invoice(number="1042", book_status=BookStatus.ISSUED)
    company = a_company(pay_link="https://pay.example/", payment_texts={"en": "By cheque, please."})
    paid = replace(invoice, paid=invoice.total.minor)
    open_text = text_of(make_document(invoice, company))
    paid_text = text_of(make_document(paid, company))
    assert "PAID" in paid_text
    assert "PAID" not in open_text
    assert "CAD0.00" in paid_text
    assert "Bycheque,please." in open_text
    assert "Bycheque,please." not in paid_text
    assert "https://pay.example/" not in paid_text


@pytest.mark.parametrize(("language", "said"), [("en", "Bycheque."), ("fr", "Parchèque.")])
def test_payment_instructions_are_in_the_customers_language(language: str, said: str) -> None:
    invoice = an_invoice()
    invoice = replace(invoice, customer=replace(invoice.customer, language=language))
    company = a_company(payment_texts={"en": "By cheque.", "fr": "Par chèque."})
    assert said in text_of(make_document(invoice, company))


def test_payment_instructions_are_in_the_document_and_its_text() -> None:
    company = a_company(
        payment_texts={"en": "By cheque, please."},
        pay_link="https://pay.example/acme",
        iban="fr7630006000011234567890189",
    )
    euro = an_invoice(currency="EUR", customer=a_customer(language="fr"))
    for said in (text_of(make_document(euro, company, "1")), squeezed(document_text(euro, company, "1"))):
        assert "InstructionsdepaiementBycheque,please.IBANFR7630006000011234567890189https://pay.example/acme" in said
    assert "FR76 3000 6000 0112 3456 7890 189" in document_text(euro, company)
    assert "IBAN" not in document_text(an_invoice(), company)  # the IBAN is not for dollars
    told = replace(
        company, payment_texts={"en": "Transfer to\nIBAN FR76 3000 6000 0112 3456 7890 189, please"}, bic="AGRIFRPP"
    )
    assert document_text(euro, told).count("IBAN") == 1
    assert "BIC AGRIFRPP" in document_text(euro, told)


def test_a_partly_paid_invoice_shows_both_amounts() -> None:
    said = text_of(make_document(an_invoice(number="1", book_status=BookStatus.ISSUED, paid=11196), a_company()))
    assert "-111.96" in said
    assert "CAD1,000.00" in said


def test_a_draft_without_a_number_says_draft() -> None:
    assert "DRAFT" in text_of(make_document(an_invoice(), a_company()))
    assert "DRAFT" not in text_of(make_document(an_invoice(), a_company(), "1043"))
    assert "VOID" in text_of(make_document(an_invoice(number="7", book_status=BookStatus.VOID), a_company()))


def test_an_empty_draft_has_a_document_too() -> None:
    invoice = an_invoice(lines=(Line(), Line("Half typed", "", "two", "x")), customer=a_customer(name="", address=""))
    assert "Halftyped" in text_of(make_document(invoice, a_company(name="", address="", tax_numbers="")))
    assert make_document(an_invoice(lines=()), a_company())


def test_the_paper_size_is_the_customers() -> None:
    def width(currency: str) -> float:
        document = make_document(an_invoice(currency=currency), a_company())
        return float(PdfReader(io.BytesIO(document)).pages[0].mediabox.width)

    assert width("CAD") == pytest.approx(8.5 * 72)
    assert width("EUR") == pytest.approx(210 / 25.4 * 72, abs=0.1)


def test_characters_without_a_glyph_are_reported() -> None:
    invoice = an_invoice(customer=a_customer(name="中村 😀"), message="中")
    with pytest.raises(MissingGlyphs) as caught:
        make_document(invoice, a_company(), "1043")
    assert caught.value.characters == ("中", "村", "😀")
    assert "U+1F600 GRINNING FACE" in str(caught.value)
    assert make_pages(invoice, a_company())


@pytest.mark.parametrize("field", ["name", "address"])
def test_too_many_combining_marks_are_refused(field: str) -> None:
    marked = an_invoice(customer=a_customer(**{field: "Caf" + "e" + "\u0301" * 60_000}))
    with pytest.raises(DocumentError, match="A letter has more than 30 accents"):
        make_document(marked, a_company(), "1043")
    in_vietnamese_and_hebrew = an_invoice(customer=a_customer(**{field: "Nguyễn Thị שָׁלוֹם " * 9}))
    assert make_document(in_vietnamese_and_hebrew, a_company(), "1043")


def test_a_footer_that_does_not_fit_is_refused() -> None:
    with pytest.raises(DocumentError, match="do not fit at the foot of a page"):
        make_document(an_invoice(), a_company(tax_numbers="GST 12345 6789 RT0001\n" * 30), "1043")


def test_pages_are_drawn_at_the_requested_width() -> None:
    invoice = an_invoice(lines=many_lines(60))
    pages = make_pages(invoice, a_company(), "1043", width=120)
    assert len(pages) == len(pdf_pages(make_document(invoice, a_company(), "1043"))) > 1
    assert all(int.from_bytes(page[16:20], "big") == 120 for page in pages)


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20">{}</svg>'
)


def test_a_logo_appears_in_the_document(tmp_path: Path) -> None:
    plain = make_document(an_invoice(), a_company(), "1043")
    svg = tmp_path / "logo.svg"
    svg.write_text(SVG.format('<rect width="40" height="20" fill="#c00"/>'))
    png = tmp_path / "logo.png"
    png.write_bytes(make_pages(an_invoice(), a_company(), width=40)[0])
    with_png = make_document(an_invoice(), a_company(logo=str(png)), "1043")
    assert make_document(an_invoice(), a_company(logo=str(svg)), "1043") != plain
    assert len(PdfReader(io.BytesIO(with_png)).pages[0].images) == 1


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken", b"<svg", b"<svg xmlns='http://www.w3.org/2000/svg'><g>"]
)
def test_a_logo_that_is_not_an_image_is_reported(content: bytes, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(content)
    with pytest.raises(DocumentError, match=r"logo\.png"):
        make_document(an_invoice(), a_company(logo=str(logo)), "1043")


NESTED = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 12))
USED = "".join(f'<g id="b{at}">{f"""<use href="#b{at - 1}"/>""" * 10}</g>' for at in range(1, 8))
HUGE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 60_000, 60_000, 8, 6, 0, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        f'<!DOCTYPE svg [<!ENTITY a0 "x">{NESTED}]>{SVG.format("<text>&a11;</text>")}'.encode(),
        SVG.format(f'<defs><g id="b0"/>{USED}</defs><use href="#b7"/>').encode(),
        SVG.format("<g>" * 20_000 + "</g>" * 20_000).encode(),
        HUGE,
    ],
)
def test_a_logo_that_costs_too_much_time_or_memory_is_refused(content: bytes, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(content)
    began = time.process_time()
    with pytest.raises(DocumentError, match=r"logo\.svg"):
        make_document(an_invoice(), a_company(logo=str(logo)), "1043")
    assert time.process_time() - began < 5


def test_a_missing_logo_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nowhere\.png"):
        make_document(an_invoice(), a_company(logo=str(tmp_path / "nowhere.png")), "1043")


@pytest.fixture
def requests() -> Iterator[list[str]]:
    """The paths requested from a web server on loopback. The first entry is its port."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    asked.append(str(server.server_port))
    yield asked
    server.shutdown()
    server.server_close()


def test_a_logo_reads_neither_the_network_nor_other_files(requests: list[str], tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(make_pages(an_invoice(), a_company(), width=40)[0])
    for address in (f"http://127.0.0.1:{requests[0]}/x.png", str(secret), f"file://{secret}", "../secret.png"):
        logo = tmp_path / "logo.svg"
        logo.write_text(
            SVG.format(f'<rect width="4" height="4"/><image xlink:href="{address}" width="40" height="20"/>')
        )
        try:
            document = make_document(an_invoice(), a_company(logo=str(logo)), "1043")
        except DocumentError:
            continue
        assert not PdfReader(io.BytesIO(document)).pages[0].images
    assert len(requests) == 1


@pytest.mark.parametrize(("text", "named"), [("1\ufe0f\u20e3", ("\u20e3",)), ("#\u20e3 😀", ("\u20e3", "😀"))])
def test_of_a_keycap_only_the_keycap_is_reported(text: str, named: tuple[str, ...]) -> None:
    with pytest.raises(MissingGlyphs) as caught:
        make_document(an_invoice(message=text), a_company(), "1043")
    assert caught.value.characters == named


def test_a_missing_font_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no-fonts"):
        make_document(an_invoice(), a_company(fonts=str(tmp_path / "no-fonts")), "1043")


def test_a_font_in_the_folder_adds_its_characters(tmp_path: Path) -> None:
    invoice, company = an_invoice(customer=a_customer(name="中 Optik")), a_company(fonts=str(tmp_path))
    with pytest.raises(MissingGlyphs, match="中"):
        make_document(invoice, company, "1043")
    (tmp_path / "extra.ttf").write_bytes(font_with("中"))
    assert "中Optik" in text_of(make_document(invoice, company, "1043"))
    (tmp_path / "extra.ttf").unlink()
    with pytest.raises(MissingGlyphs, match="中"):
        make_document(invoice, company, "1043")


def test_other_files_in_the_font_folder_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "readme.ttf").write_text("not a font")
    assert make_document(an_invoice(), a_company(fonts=str(tmp_path)), "1043") == make_document(
        an_invoice(), a_company(), "1043"
    )


def test_a_sent_document_is_drawn_from_its_bytes() -> None:
    invoice, company = an_invoice(lines=many_lines(30)), a_company(colour="#b23a48")
    pages = make_pages(invoice, company, "1043", width=200)
    document = make_document(invoice, company, "1043")
    for at, page in enumerate(pages):
        drawn, count = draw_page(document, at, width=200)
        assert count == len(pages) > 1
        assert [difference(drawn, other) < 0.03 for other in pages] == [other is page for other in pages]
    assert draw_page(document, 99, width=200) == draw_page(document, len(pages) - 1, width=200)
    with pytest.raises(DocumentError):
        draw_page(b"%PDF-1.7 broken", 0, width=200)


def difference(one: bytes, other: bytes) -> float:
    """How different two pictures of a page are, from 0 (identical) to 1 (white and black)."""
    apart = [abs(first - second) for first, second in zip(greys(one), greys(other), strict=True)]
    return sum(apart) / len(apart) / 255


def greys(png: bytes) -> list[int]:
    rows = page_picture(png, budget=10**6)
    return [sum(colour) // 3 for row in rows for run in row for _ in run.text for colour in (run.fg, run.bg)]


def test_several_threads_make_the_same_documents() -> None:
    def made(number: int) -> bytes:
        return make_document(an_invoice(reference=f"PO {number % 3}"), a_company(), str(number))

    alone = [made(number) for number in range(12)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(made, range(12))) == alone


def test_of_a_combined_emoji_only_visible_parts_are_reported() -> None:
    with pytest.raises(DocumentError) as refused:
        make_document(an_invoice(customer=a_customer(name="👩\u200d💻")), a_company(), "1043")
    named = str(refused.value)
    assert "WOMAN" in named
    assert not any(wrong in named for wrong in ("SOLIDUS", "BRACKET", "DIGIT", "LATIN"))
