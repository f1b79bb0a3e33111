"""For any invoice, the document is made or a clear error is raised. The random seed is fixed."""

import random
import string
import time

import pytest

from facturier.mail.document.document import make_document, make_pages
from facturier.mail.document.plain_text import document_text
from facturier.mail.errors import DocumentError, LetterError
from facturier.mail.letter.filling import fill_markdown
from facturier.mail.letter.letter import make_letter
from facturier.mail.letter.placeholders import letter_values
from facturier.models.books.invoice import Invoice
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line
from tests.mail.samples import a_company, a_customer, an_invoice, pdf_pages

ALPHABETS = [
    string.ascii_letters,
    string.punctuation,
    string.printable,
    "àéîöüçñßøłğışœŒ«»’“”–—… \u00a0\u202f",
    "αβγδжщюяאבגדהابتثجحخ",
    "ཀཁགངมันกาखगघঅআஅஆ한국어조합中文字漢字かなカナ",
    "\u0301\u0323\u20dd\u0489\u064b\u0e34\u1ab0\u3099aé",
    "\u200b\u200c\u200d\u200e\u202e\u2066\u2028\u2029\ufeff\u00ad\u0000\u001b\u0085\ufffc\ufffd\uffff\ue000",
    "😀👩\u200d👩\u200d👧🏳️\u200d🌈🇨🇦🇫🇷👍🏽",
    "=#*_`$<>@[]{}\\/~\"'&%|^\n\t>-1. ",
    "𝕬𝖇𝖈𐍈𒀀\U0010ffff\U000e0041",
]
# Characters that our fonts contain.
PRINTED = [
    string.ascii_letters,
    string.punctuation,
    ALPHABETS[3],
    "αβγδжщюяאבגדהابتثجحخ",
    "=#*_`$<>@[]{}\\/~\"'&%|^\n>-1. ",
]
RESULTS = {"documents", "pictures", "DocumentError", "MissingGlyphs", "RenderingStopped"}
LENGTHS = [0, 1, 2, 5, 31, 32, 33, 60, 200, 800]


def text(chance: random.Random, longest: int, alphabets: list[str]) -> str:
    length = chance.choice([length for length in LENGTHS if length <= longest])
    if chance.random() < 0.3:  # repeated characters break the most
        return chance.choice(chance.choice(alphabets)) * length
    alphabet = "".join(chance.sample(alphabets, chance.randrange(1, 4)))
    if chance.random() < 0.5:
        alphabet += " " * (len(alphabet) // 5)
    return "".join(chance.choices(alphabet, k=length))


def anything(chance: random.Random, longest: int) -> tuple[Invoice, Company, str]:
    alphabets = ALPHABETS if chance.random() < 0.4 else PRINTED

    def some(most: int = longest) -> str:
        return text(chance, most, alphabets)

    lines = tuple(
        Line(some(), some(), chance.choice(["1", "0.333", "-2", "9" * 12, some()]), chance.choice(["5", some()]), "GST")
        for _line in range(chance.choice([0, 1, 2, 5, 40]))
    )
    customer = a_customer(name=some(), contact=some(), address=some(), language=chance.choice(["en", "fr", some()]))
    invoice = an_invoice(customer=customer, lines=lines, message=some(), reference=some())
    company = a_company(
        name=some(200),
        address=some(),
        telephone=some(),
        email=some(),
        tax_numbers=some(60),
        payment_texts={"en": some()},
    )
    return invoice, company, some(60)


def try_out(seed: int, longest: int) -> str:
    """Make one document, and return the outcome."""
    chance = random.Random(seed)
    invoice, company, number = anything(chance, longest)
    assert document_text(invoice, company, number)
    try:
        body = fill_markdown(text(chance, longest, ALPHABETS), letter_values(invoice, company, number))
        letter = make_letter(body, company.name, "en")
        assert letter.html.startswith("<!DOCTYPE")
    except LetterError:
        pass  # a clear error: quotes or lists are nested too deep
    try:
        if chance.random() < 0.3:
            assert make_pages(invoice, company, number, width=100)
            return "pictures"
        document = make_document(invoice, company, number)
    except DocumentError as error:
        return type(error).__name__ if str(error) else "silence"
    if longest <= 200:
        assert not set("".join(pdf_pages(document))) & set("\u200b\u202e\u2066\u0000\u001b")
    return "documents"


@pytest.mark.parametrize("seed", range(15))
def test_any_text_becomes_a_document_or_a_clear_error(seed: int) -> None:
    assert try_out(seed, 200) in RESULTS


@pytest.mark.soak
def test_any_text_becomes_a_document_or_a_clear_error_for_minutes() -> None:
    became: dict[str, int] = {}
    longest, until, seed = 0.0, time.monotonic() + 240, 100
    while time.monotonic() < until:
        began = time.monotonic()
        result = try_out(seed, 800)
        became[result] = became.get(result, 0) + 1
        longest, seed = max(longest, time.monotonic() - began), seed + 1
    print(f"{became}, the longest took {longest:.1f} s")  # noqa: T201 - a soak run should print its result
    assert became.keys() <= RESULTS
    assert became["documents"] > sum(became.values()) / 5
    assert longest < 25


@pytest.mark.soak
@pytest.mark.parametrize("character", ["x", "é", "中", "א", "\u0301", "😀", "-", "a b ", "x\n"])
@pytest.mark.parametrize("length", [5_000, 60_000])
def test_very_long_fields_become_a_document_or_a_clear_error(character: str, length: int) -> None:
    much = (character * length)[:length]
    refused: list[str] = []
    for changes in (
        {"customer": a_customer(name=much)},
        {"customer": a_customer(address=much)},
        {"reference": much},
        {"message": much},
        {"lines": (Line(much, much, "1", "5", "GST"),)},
    ):
        try:
            assert make_document(an_invoice(**changes), a_company(), "1043").startswith(b"%PDF")
        except DocumentError as error:
            refused.append(str(error))
        assert make_document(an_invoice(), a_company(), "1043").startswith(b"%PDF")
    assert all(refused)
