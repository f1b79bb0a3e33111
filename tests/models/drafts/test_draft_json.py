"""Drafts from other programs: read exactly, in any display language, or refused with the name of the field."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from facturier.models.books.customers import customer_named, find_customers
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.customers.merge import duplicates
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.draft_json import read_draft
from facturier.models.drafts.drafts import copy_invoice, new_draft, save_draft
from facturier.models.errors import InputError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.payments import payments_of
from facturier.models.settings.line import Line
from facturier.models.store.store import Store
from facturier.models.text.addresses import parse_addresses
from facturier.models.text.dates.terms import Terms
from facturier.models.text.i18n import speak
from facturier.models.text.json_text import decode_text, read_json
from facturier.models.text.money import Money
from tests.models.making import TODAY, a_store

ONE = [{"description": "x", "rate": "1"}]


@pytest.fixture(params=["en", "fr"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    speak("en")
    made = a_store(tmp_path)
    speak(request.param)
    yield made
    speak("en")


def read(store: Store, **fields: Any) -> Invoice:
    with store.writing():
        return read_draft(store, {"customer": {"name": "A"}, "lines": ONE} | fields, TODAY)


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ({"rate": "1234.50"}, 123450),
        ({"rate": 1234}, 123400),
        ({"rate": "1.234", "quantity": "1000"}, 123400),
        ({"rate": "-5", "quantity": 3}, -1500),
        ({"rate": "0"}, 0),
    ],
)
def test_amounts_mean_the_same_in_every_language(store: Store, line: dict[str, Any], total: int) -> None:
    assert read(store, lines=[line]).total.minor == total


@pytest.mark.parametrize(
    "value",
    ["1,234", "1 234", "1,5", "1.234,50", "1e5", "NaN", "Infinity", "1_000", "١٢", "$5", "CAD 5", "", " 5", "5 ", "+5",
     "0x10", 1.5, 1e5, True, None, [], {}, "1.0123456789", "9999999999999999"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["rate", "quantity"])
def test_text_that_is_not_decimal_is_refused_by_field(store: Store, field: str, value: object) -> None:
    with pytest.raises(InputError, match=f"(Line|Ligne) 2.*{field}"):
        read(store, lines=[*ONE, {"rate": "1", field: value}])


def test_a_draft_names_its_reference_and_project(store: Store) -> None:
    draft = read(store, reference="PO 7", project=" North\twing ")
    assert (draft.reference, draft.project) == ("PO 7", "North wing")


def test_a_line_needs_a_rate(store: Store) -> None:
    with pytest.raises(InputError, match=r"(Line|Ligne) 2.*rate"):
        read(store, lines=[*ONE, {"description": "x", "quantity": "2"}])


def test_terms_have_a_month_end_and_a_discount_and_a_customer_can_have_them(store: Store) -> None:
    draft = read(store, terms=30, terms_rule="2/10 eom")
    assert (draft.payment_terms, draft.due) == (Terms(30, "2/10 eom"), date(2026, 12, 31))
    assert draft.early_discount == Money((draft.totals.subtotal * 2 + 50) // 100, draft.currency)
    saved = save_draft(store, read(store, customer={"name": "Rue", "terms": 0, "terms_rule": "eom"}))
    assert get_invoice(store, saved.id or 0).due == date(2026, 11, 30)
    copy = copy_invoice(store, saved.id or 0, date(2027, 1, 4))
    assert (copy.terms_rule, copy.due) == ("eom", date(2027, 1, 31))
    again = new_draft(store, date(2027, 2, 3), find_customers(store, "Rue")[0])
    assert again.due == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("fields", "terms", "due"),
    [
        ({}, 30, date(2026, 12, 24)),
        ({"terms": 10}, 10, date(2026, 12, 4)),
        ({"due": "2026-12-01"}, 7, date(2026, 12, 1)),
        ({"due": "2026-12-01", "terms": 7}, 7, date(2026, 12, 1)),
        ({"due": "2026-11-24"}, 0, TODAY),
        ({"date": "2026-11-28", "due": "2026-12-05"}, 7, date(2026, 12, 5)),
    ],
)
def test_terms_and_due_date_must_not_contradict(store: Store, fields: dict[str, Any], terms: int, due: date) -> None:
    draft = read(store, **fields)
    assert (draft.terms, draft.due) == (terms, due)


@pytest.mark.parametrize(
    "fields",
    [
        {"due": "2026-12-01", "terms": 8},
        {"due": "2026-11-23"},
        {"date": "2026-12-02", "due": "2026-12-01"},
        {"due": "2150-01-01"},
        {"date": "2999-12-31", "terms": 30},
        {"date": "1899-12-31"},
        {"date": 20261124},
        {"date": "20261124"},
        {"date": "2026-W48-2"},
        {"terms": -1},
        {"terms": 3651},
        {"terms": "30"},
        {"terms": 30.0},
        {"terms_rule": "soon"},
        {"terms": 30, "terms_rule": "eom", "due": "2026-12-24"},
        {"customer": {"name": "A", "terms_rule": "2/10 net 30"}},
        {"currency": "XXY"},
        {"customer": {"name": " "}},
        {"customer": {}},
        {"customer": {"name": "A", "language": "de"}},
        {"customer": {"name": "A", "currency": "dollars"}},
        {"customer": {"name": "A", "cc": "a@b@c"}},
        {"customer": {"name": "A" * 60_000}},
        {"reference": "A" * 60_000},
        {"project": "A" * 60_000},
        {"message": "A" * 60_000},
        {"lines": [{"rate": "1", "tax": "XYZ"}]},
        {"lines": [{"rate": "1", "description": "A" * 60_000}]},
        {"lines": [{"rate": "1", "item": "A" * 60_000}]},
        {"lines": [{"rate": "1"}] * 2001},
        {"lines": [{"rate": "9999999999999.99"}] * 2},
        {"lines": [{"rate": "999999999999999", "quantity": "999999999999999"}]},
    ],
)
def test_invalid_drafts_are_refused(store: Store, fields: dict[str, Any]) -> None:
    from facturier.models.drafts.drafts import save_draft

    with pytest.raises(InputError):
        save_draft(store, read(store, **fields))


def test_the_currency_comes_from_the_invoice_the_customer_or_the_company(store: Store) -> None:
    assert read(store).currency == "CAD"
    assert read(store, customer={"name": "B", "currency": "eur"}).currency == "EUR"
    assert customer_named(store, "b") == Customer(2, "B", currency="EUR")
    assert read(store, customer={"name": "B"}).currency == "EUR"
    assert read(store, customer={"name": "B"}, currency="USD").currency == "USD"


@pytest.mark.parametrize("again", ["Twin", "TWIN", " Twin ", "Twi\u200bn", "Twi\ufeffn"])
@pytest.mark.parametrize("name", ["{}", "{} & Fils"])
def test_two_drafts_of_one_customer_have_one_customer(store: Store, name: str, again: str) -> None:
    named, again = name.format("Twin"), name.format(again).replace(" &", "  &")
    first = read(store, customer={"name": named, "email": "old@twin.example"})
    second = read(store, customer={"name": again, "email": "old@twin.example"})
    assert first.customer.id == second.customer.id
    assert [customer.name for customer in find_customers(store)] == [named]
    # The double spaces of a customer from before are found, too.
    with store.writing():
        store.write("UPDATE customer SET name = 'Old  One', folded = 'old  one' || char(10)")
    assert read(store, customer={"name": "Old  One"}).customer.id == first.customer.id
    save_customer(store, Customer(name="Old One"))
    assert duplicates(store) == [(1, 2)]


@pytest.mark.parametrize(
    "email",
    ["a@x.example\nb@x.example", "a@x.example,\r\n;b@x.example\n", " A <a@x.example>\u2028B <b@x.example>"],
)
def test_addresses_in_lines_are_several_addresses(store: Store, email: str) -> None:
    for where in ({"email": email}, {"contacts": [{"name": "A", "email": email}]}):
        draft = read(store, customer={"name": f"In {len(where)} {'email' in where}"} | where)
        assert parse_addresses(draft.customer.email) == ("a@x.example", "b@x.example")


def test_an_invisible_character_in_the_name_of_a_field_is_named(store: Store) -> None:
    with pytest.raises(InputError, match=r"date.*invisible"):
        read(store, **{"da\u200bte": "2026-11-24"})


@pytest.mark.parametrize("marks", [1, 2])
def test_byte_order_marks_are_dropped(marks: int) -> None:
    assert read_json(decode_text(b"\xef\xbb\xbf" * marks + b'{"a": 1}', "x.json"), "x.json") == {"a": 1}


def test_the_email_address_distinguishes_customers_with_the_same_name(store: Store) -> None:
    for known in ("one@b.example", "two@b.example"):
        save_customer(store, Customer(name="Bouchard", email=known))
    assert read(store, customer={"name": "BOUCHARD", "email": "Two@b.example"}).customer.id == 2
    for more in ({}, {"email": "three@b.example"}):
        with pytest.raises(InputError, match=r"2.*Bouchard.*email"):
            read(store, customer={"name": "Bouchard"} | more)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"terms": 3651}, "3650"),
        ({"terms": 10**80}, "3650"),
        ({"date": "2999-12-31"}, "3000-01-30"),
        ({"date": "2999-12-20", "terms": 15}, "3000-01-04"),
    ],
)
def test_an_exceeded_limit_is_named(store: Store, fields: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(store, **fields)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("text", ['{"a": 1}', '{"a": "é漢"}'])
def test_a_wide_encoding_without_a_byte_order_mark_is_named(encoding: str, text: str) -> None:
    with pytest.raises(InputError, match="not a text file in UTF-8"):
        decode_text(text.encode(encoding), "x.json")


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '[{"b": {"c": [{"a": 1, "a": 2}]}}]'])
def test_a_duplicate_key_is_refused_at_any_depth(text: str) -> None:
    with pytest.raises(InputError, match="“a” appears twice"):
        read_json(text, "x.json")


@pytest.mark.parametrize("text", ["[NaN]", "[Infinity]", "[-Infinity]", f"[{'9' * 5000}]", "[1,]", "nonsense", " "])
def test_python_error_texts_are_not_shown(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_json(text, "x.json")
    assert not any(word in str(refused.value) for word in ("Expecting", "char ", "delimiter", "Exceeds"))


def test_the_whole_form_comes_in_as_json(store: Store) -> None:
    draft = read(
        store,
        discount="10%",
        shipping="12.50",
        deposit="30%",
        exchange_rate="1.47",
        service_from="2026-10-01",
        service_to="2026-10-31",
        ship_to="Quai 4\nMontréal",
        notes="call first",
        custom={"Chantier": "Nord"},
        own_number="A-7",
        lines=[
            {"kind": "heading", "description": "Phase 1"},
            {"rate": "100", "quantity": "2", "unit": "heures", "discount": "5.00", "service_from": "2026-10-03"},
            {"kind": "subtotal"},
        ],
    )
    with store.writing():
        saved = save_draft(store, draft)
    found = get_invoice(store, saved.id or 0)
    assert (found.totals.subtotal, found.totals.discount, found.total.minor) == (19500, 1950, 18800)
    assert found.totals.sections == (None, None, 19500)
    assert (found.lines[1].unit, found.lines[1].service_to) == ("HUR", date(2026, 10, 3))
    assert (found.service_from, found.service_to) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (found.ship_to, found.notes, found.custom) == ("Quai 4\nMontréal", "call first", {"Chantier": "Nord"})
    assert (found.deposit, found.exchange_rate, found.own_number) == ("30%", "1.47", "A-7")
    # A percentage follows the total until the invoice is issued.
    assert (found.deposit_received, found.balance.minor) == (5640, 13160)
    more = save_draft(store, replace(found, lines=(*found.lines, Line("x", rate="100"))))
    assert (more.total.minor, more.deposit_received) == (27800, 8340)
    issued = issue_invoice(store, more)
    assert [(payment.kind, payment.amount) for payment in payments_of(store, issued.id or 0)] == [("deposit", 8340)]
    assert (issued.balance.minor, read(store, deposit="12.50").deposit_received) == (19460, 1250)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("discount", "101%"),
        ("discount", "1,5"),
        ("inclusive", "yes"),
        ("shipping", "a lot"),
        ("shipping", "1.005"),
        ("discount", "2.005"),
        ("deposit", "10.005"),
        ("deposit", "100.5%"),
        ("deposit", "-5"),
        ("deposit", "30 %"),
        ("exchange_rate", "0"),
        ("exchange_rate", "-1.4"),
        ("custom", ["x"]),
        ("service_to", "31 Oct"),
    ],
)
def test_a_part_of_the_form_that_cannot_be_is_refused_by_field(store: Store, field: str, value: object) -> None:
    with pytest.raises(InputError, match=field):
        read(store, **{field: value})


def test_a_service_period_cannot_end_before_it_begins(store: Store) -> None:
    with pytest.raises(InputError):
        read(store, service_from="2026-10-31", service_to="2026-10-01")


def test_a_line_of_an_unknown_kind_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="footer"):
        read(store, lines=[{"kind": "footer"}])
