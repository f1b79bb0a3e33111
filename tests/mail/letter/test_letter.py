"""The email: values appear unchanged in both forms, and nothing else is added."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.mail.errors import LetterError
from facturier.mail.letter.filling import fill, fill_markdown, filled_from, follow, stale
from facturier.mail.letter.letter import (
    Letter,
    default_letter,
    default_subject,
    letter_template,
    make_letter,
    subject_template,
)
from facturier.mail.letter.placeholders import PLACEHOLDERS, check_template, empty_placeholders, letter_values
from facturier.mail.sending.prepare import prepare_invoice
from facturier.models.books.invoice import Source
from facturier.models.outbox.composition import Composition, Filled
from facturier.models.outbox.delivery import SenderKind
from facturier.models.text.clean import clean
from tests.mail.document.test_document import HOSTILE
from tests.mail.samples import a_company, a_customer, an_invoice

VALUES = letter_values(an_invoice(), a_company(pay_link="https://pay.example/acme"), "1043")
ANYTHING = (
    (st.text(max_size=60) | st.text("ab 1.)#*_`[]()<>!-+\\>&;~=", max_size=12)).map(clean).map(str.strip).filter(bool)
)


def made(template: str, values: Mapping[str, str] = VALUES) -> Letter:
    """Return the letter from a template as it is sent if nobody edits it."""
    return make_letter(fill_markdown(template, values), values["company"], "en")


class Page(HTMLParser):
    """The text, tags and links of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html.split("</head>")[1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def links(self) -> list[str | None]:
        return [value for name, value in self.attributes if name == "href"]


def test_the_built_in_email() -> None:
    letter = made(default_letter("en"))
    assert letter.plain.replace("\u00a0", " ") == (
        "Hello Marie Tremblay,\n\n"
        "Here is invoice 1043 for CAD 1,111.96, due on 24 December 2026. It is attached as a PDF.\n\n"
        "If you have any questions, just reply to this email.\n\n"
        "Thank you for your business,\n"
        "Acme Conseil inc.\n"
    )
    assert "<strong>1043</strong>" in letter.html
    assert fill(default_subject("en"), VALUES) == "Invoice 1043 from Acme Conseil inc."


TEMPLATE = "x {customer} y, *{customer}* and {customer}.\n\n# {customer}\n\n- {customer}\n\n{company}"
PLAIN_TAGS = Page(made(TEMPLATE).html).tags


@given(value=ANYTHING, company=ANYTHING)
@settings(max_examples=60)
def test_a_value_appears_unchanged_in_both_forms(value: str, company: str) -> None:
    letter = made(TEMPLATE, VALUES | {"customer": value, "company": company})
    page = Page(letter.html)
    assert f"x {value} y, {value} and {value}." in page.text
    assert page.text.count(value) >= 5
    assert company in page.text
    assert f"x {value} y, {value} and {value}.\n" in letter.plain
    assert page.tags == PLAIN_TAGS
    assert page.links == []


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=200))
@settings(max_examples=80)
def test_any_markdown_makes_a_safe_page(markdown: str) -> None:
    page = Page(made(markdown).html)
    assert not {"script", "img", "iframe", "object", "style", "link", "form"} & set(page.tags)
    assert all(str(link).startswith(("https://", "mailto:")) for link in page.links)
    assert not [name for name, _ in page.attributes if name.startswith("on")]


@given(st.text("abc #*_`[]()<>!-+1.\\>&\n\"'", max_size=80))
@settings(max_examples=60)
def test_every_word_of_the_page_is_in_the_plain_text(markdown: str) -> None:
    letter = made(markdown)
    words = Page(letter.html).text.replace("Acme Conseil inc.", "", 1)
    assert "".join(words.split()) == "" or all(word in letter.plain for word in words.split())


@pytest.mark.parametrize(
    "text", [*HOSTILE, "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![x](https://x.example/p.png)"]
)
def test_hostile_values_do_nothing(text: str) -> None:
    letter = made("{customer}", VALUES | {"customer": text})
    page = Page(letter.html)
    assert text in page.text
    assert text in letter.plain
    assert page.links == []
    assert not {"img", "script"} & set(page.tags)


def test_only_https_and_mailto_links_are_made() -> None:
    markdown = (
        "[pay]({pay_link}) [order](https://x.example/{reference}?q={customer}) [write](mailto:{email}) "
        "[bad](javascript:alert(1)) [old](http://x.example/) [data](data:text/html;x) <https://y.example/>"
    )
    values = VALUES | {"customer": "a&b=c/../d", "reference": "PO 7781"}
    letter = made(markdown, values)
    assert Page(letter.html).links == [
        "https://pay.example/acme",
        "https://x.example/PO%207781?q=a%26b%3Dc%2F..%2Fd",
        "mailto:hello@acme.example",
        "https://y.example/",
    ]
    assert "pay (https://pay.example/acme)" in letter.plain
    assert "write (hello@acme.example)" in letter.plain
    assert "bad (javascript:alert(1))" in letter.plain
    assert "bad (javascript:alert(1))" in Page(letter.html).text
    assert letter.plain.count("https://y.example/") == 1


@pytest.mark.parametrize(
    "pay_link", ["javascript:alert(1)", "http://x.example", "", "https://x.example/ onclick=x", "data:x"]
)
def test_a_pay_link_without_https_is_text(pay_link: str) -> None:
    assert Page(made("[pay]({pay_link})", VALUES | {"pay_link": pay_link}).html).links == []


def test_images_and_html_in_a_template_are_text() -> None:
    page = Page(made("<b>x</b> ![logo](https://x.example/p.png)\n\n<script>\n").html)
    assert "<b>x</b>" in page.text
    assert "<script>" in page.text
    assert "img" not in page.tags


def test_the_page_loads_nothing_and_works_in_outlook() -> None:
    html = make_letter(default_letter("en"), "Acme", "en", colour="#c00000").html
    for word in ("src=", "url(", "@import", "<link", "http://"):
        assert word not in html
    assert 'width="600"' in html
    assert "prefers-color-scheme: dark" in html
    assert "#c00000" in html
    assert len(html.encode()) < 20_000


def test_coloured_parts_have_another_colour_in_the_dark_theme() -> None:
    """The card turns dark, so dark text on it would be invisible."""
    everything = "#### h4\n\n> said\n\n    code\n\n[link](https://x.example)\n"
    html = made(everything).html
    style, _, body = html.partition("</style>")
    coloured = re.findall(r'<(\w+)(?: class="(\w+)")?[^>]* style="(?:[^"]*;)?color:', body)
    assert {tag for tag, _ in coloured} == {"td", "blockquote", "a"}
    for tag, name in coloured:
        assert f".card .{name}" in style if name else f".card {tag}" in style


def test_lists_and_quotes_keep_their_marks() -> None:
    markdown = "- one\n- two\n  more\n\n1. a\n2. b\n   - c\n\n> said\n> so\n\n---\n\n    code {number}\n"
    assert made(markdown).plain == ("- one\n- two\n  more\n\n1. a\n2. b\n   - c\n\n> said\n> so\n\n———\n\ncode 1043\n")


def test_on_a_terminal_it_has_its_format_and_the_text_of_the_plain_part() -> None:
    markdown = "# Hi {customer}\n\nA **bold *both*** word, [pay]({pay_link}).\n\n- {customer}\n"
    letter = made(markdown, VALUES | {"customer": "[b] *x*"})
    looks = [(stretch.text, stretch.look) for stretch in letter.words if stretch.text.strip()]
    assert looks == [
        ("Hi [b] *x*", "bold"),
        ("A ", ""),
        ("bold ", "bold"),
        ("both", "bold italic"),
        (" word, ", ""),
        ("pay", "underline"),
        (" (https://pay.example/acme)", "dim"),
        (".", ""),
        ("- ", "dim"),
        ("[b] *x*", ""),
    ]
    assert "".join(stretch.text for stretch in letter.words).strip() == letter.plain.strip()


def test_an_unknown_placeholder_is_reported() -> None:
    for template in ("Hello {contct}", "{ contct }", "[x](https://x.example/{contct})", "`{contct}`"):
        with pytest.raises(LetterError, match="contct") as caught:
            check_template(template)
        assert "{contact}" in str(caught.value)
        assert fill(template, VALUES) == fill_markdown(template, VALUES) == template


def test_braces_that_are_not_placeholders_stay() -> None:
    assert fill("{} {50 %} { a b }", VALUES) == "{} {50 %} { a b }"


def test_a_value_is_not_filled_twice() -> None:
    values = VALUES | {"customer": "{total}"}
    assert fill("{customer}", values) == "{total}"
    assert made("{customer}", values).plain == "{total}\n"


def test_a_letter_names_the_project() -> None:
    values = letter_values(an_invoice(project="North wing"), a_company(), "")
    assert fill("For {project}", values) == "For North wing"


def test_empty_placeholders_are_reported_once() -> None:
    values = letter_values(an_invoice(reference=""), a_company(), "")
    assert empty_placeholders("{number} {reference} {reference} {customer}", values) == ("number", "reference")


def test_every_placeholder_has_a_value() -> None:
    invoice = an_invoice(project="North wing", source=Source("1001", date(2026, 11, 3)))
    values = letter_values(invoice, a_company(pay_link="https://pay.example/"), "1043")
    assert set(PLACEHOLDERS) - set(values) == {"days_late", "charges"}  # of reminders
    assert all(values.values())
    assert letter_values(an_invoice(customer=a_customer(contact=" ")), a_company())["contact"] == "Boulangerie Tremblay"


def test_the_companys_own_templates_take_precedence() -> None:
    company = a_company(subjects={"invoice.fr": "Facture {number}"}, letters={"invoice.fr": "Bonjour"})
    assert (subject_template(company, "fr"), letter_template(company, "fr")) == ("Facture {number}", "Bonjour")
    assert (subject_template(company, "en"), letter_template(company, "en")) == (
        default_subject("en"),
        default_letter("en"),
    )


def test_text_in_nested_quotes_is_never_dropped() -> None:
    for depth in range(1, 60):
        try:
            letter = made("Before\n\n" + "> " * depth + "deep\n\nAfter")
        except LetterError:
            break
        assert "deep" in letter.plain
        assert "deep" in letter.html
    assert depth > 15, "a discussion of some length is quoted like this"
    with pytest.raises(LetterError, match="nested too deep"):
        made("> " * 500 + "deep")


@pytest.mark.parametrize("item", ["- ", "1. ", "> - "])
def test_text_in_nested_lists_is_never_dropped(item: str) -> None:
    for depth in range(1, 40):
        try:
            letter = made(item * depth + "deep")
        except LetterError:
            continue
        assert "deep" in letter.plain


def test_nesting_that_is_too_deep_is_reported_in_the_preview() -> None:
    way = Composition(SenderKind.DEFAULT, "a@example.com", "", "", "Subject", "> " * 30 + "deep")
    prepared = prepare_invoice(an_invoice(), a_company(), way, "hello@acme.example", datetime(2026, 11, 24, tzinfo=UTC))
    assert not prepared.ready
    assert [finding.text for finding in prepared.findings if finding.field == "letter"] == [
        "The message has quotes or lists that are nested too deep. Remove some of the “>” or indents."
    ]


@pytest.mark.parametrize(
    "line",
    ["[Note]: F-1001", "[Total]: https://x.example 'a title'", "> [PO]: 77", "~~~ Merci {total} ~~~", "```Total 5"],
)
def test_a_line_that_markdown_does_not_render_is_never_dropped(line: str) -> None:
    letter = made(f"{line}\nGoodbye")
    for word in re.findall(r"\w+", fill(line, VALUES)):
        assert word in letter.plain
        assert word in Page(letter.html).text + str(Page(letter.html).attributes)


BEFORE = {"contact": "Marie", "number": "1001", "total": "CAD 105.00", "reference": ""}
NOW = {**BEFORE, "number": "1002", "total": "CAD 120.00", "reference": "PO 7"}


@pytest.mark.parametrize(
    ("template", "edited", "followed", "names"),
    [
        ("Invoice **{number}** for {total}.", None, "Invoice **1002** for CAD 120.00.", []),
        (
            "Invoice **{number}** for {total}.",
            "Hi! Invoice **1001** for CAD 105.00. Thanks",
            "Hi! Invoice **1002** for CAD 120.00. Thanks",
            [],
        ),
        (
            "No {number}: {total}, {number}",
            "1001 Main St. No 1001: {total}, 1001",
            "1001 Main St. No 1002: {total}, 1002",
            ["total"],
        ),
        ("Here is {number} for {total}", "For 105 dollars: 1001", "For 105 dollars: 1002", ["total"]),
        ("Here is {number} for {total}", "Nothing of it", "Nothing of it", ["number", "total"]),
        ("For {total}, please", "For CAD 120.00, please", "For CAD 120.00, please", []),
        ("Order {reference}.", "Order . Thanks", "Order PO 7. Thanks", []),
        ("Hello", "Hello {number}", "Hello {number}", []),
    ],
)
def test_a_text_follows_what_changes_where_nobody_edited_it(
    template: str, edited: str | None, followed: str, names: list[str]
) -> None:
    filled = filled_from(template, BEFORE)
    text, now = follow(fill(template, BEFORE) if edited is None else edited, filled, NOW)
    assert (text, [name for name, _old, _new in stale(now, NOW)]) == (followed, names)
    assert follow(text, now, NOW) == (text, now)


def test_a_template_that_an_earlier_version_kept_is_filled_in() -> None:
    assert follow("Invoice {number}", Filled("Invoice {number}", {}), NOW)[0] == "Invoice 1002"


@given(ANYTHING, ANYTHING, ANYTHING)
@settings(max_examples=60)
def test_text_around_a_value_never_gets_in_the_way(before: str, added: str, value: str) -> None:
    template = f"{before} {{number}}."
    for markdown in (False, True):
        filled = filled_from(template, {"number": "1001"})
        text = f"{added}\n{_filled_in(filled, markdown=markdown)}\n{added}"
        now, _filled = follow(text, filled, {"number": value}, markdown=markdown)
        assert now == f"{added}\n{_filled_in(filled_from(template, {'number': value}), markdown=markdown)}\n{added}"


def _filled_in(filled: Filled, *, markdown: bool) -> str:
    return (fill_markdown if markdown else fill)(filled.template, filled.values)
