"""The invoice list compared with a plain Python implementation, and the counters compared with the invoices."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from facturier.models.books.invoice import Customer, InvoiceRow
from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.listing.conditions import LATELY, STAGES, conditions
from facturier.models.listing.listing import Listing
from facturier.models.listing.saved_views import forget_view, save_view, saved_views
from facturier.models.listing.totals import currencies, filter_sums, sums
from facturier.models.listing.view import InvoiceFilter, SortKey, View
from facturier.models.outbox.changes import bounces, outcomes, resolving
from facturier.models.outbox.delivery import SenderKind
from facturier.models.payments.payments import record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store.opening import create_company
from facturier.models.store.store import Store
from facturier.models.text.search_text import fold
from tests.models.making import a_store, claim, next_is, queue

TODAY = date(2026, 11, 24)
NAMES = ("Îles & Fils", "Boulangerie Tremblay", "tremblay 2", "Zoë", "100 % Bio", 'Quote " inc.')


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A company with sixty invoices at every stage, in two currencies."""
    made = create_company(tmp_path_factory.mktemp("list") / "list.facturier")
    chance = Random(7)
    with made.writing():
        save_company(made, replace(read_company(made), name="Acme"))
        for number in range(60):
            day = TODAY - timedelta(chance.randint(0, 120))
            draft = new_draft(made, day, Customer(name=chance.choice(NAMES)))
            lines = (Line(f"café, phase {number}", "Audit", "1", str(chance.randint(1, 4000)), ""),)
            draft = replace(draft, lines=lines, due=day + timedelta(30), currency=chance.choice(("CAD", "JPY")))
            draft = save_draft(made, draft)
            if number % 7:
                _tell(made, issue_invoice(made, draft).id or 0, draft.total.minor, number, chance)
    return made


def _tell(store: Store, invoice_id: int, total: int, number: int, chance: Random) -> None:
    if number % 11 == 0:
        void_invoice(store, invoice_id, "typed twice")
        return
    if number % 3:
        store.write("UPDATE invoice SET delivery = 'sent', reached = 1 WHERE id = ?", invoice_id)
    if number % 2:
        record_payment(store, invoice_id, TODAY - timedelta(chance.randint(0, 60)), total // (1 if number % 5 else 2))
    if number % 13 == 0:
        store.write(
            "INSERT INTO alert (kind, invoice_id, detail, raised) VALUES (?, ?, '{}', '')",
            f"failed {number}",
            invoice_id,
        )


def everything(store: Store) -> list[InvoiceRow]:
    return Listing(store, View(), TODAY).first(1000)


def settled(store: Store, row: InvoiceRow) -> str:
    found = store.row("SELECT coalesce(max(date), '') FROM payment WHERE invoice_id = ?", row.id)
    return str(found[0]) if found else ""


def sent(row: InvoiceRow) -> bool:
    return row.delivery is not None and row.delivery.value in ("sent", "partly_sent")


def shown(store: Store, row: InvoiceRow, show: InvoiceFilter) -> bool:
    """What each filter should show, in plain Python."""
    issued, paid = row.book_status is BookStatus.ISSUED, row.balance <= 0
    match show:
        case InvoiceFilter.ALL:
            return True
        case InvoiceFilter.DRAFT:
            return row.book_status is BookStatus.DRAFT
        case InvoiceFilter.NOT_SENT:
            return row.book_status is BookStatus.DRAFT or (issued and not paid and not sent(row))
        case InvoiceFilter.SENT:
            return issued and sent(row)
        case InvoiceFilter.DUE:
            return issued and sent(row) and not paid and row.due >= TODAY
        case InvoiceFilter.OVERDUE:
            return issued and sent(row) and not paid and row.due < TODAY
        case InvoiceFilter.PAID:
            return issued and paid
        case InvoiceFilter.PAID_LATELY:
            return issued and paid and settled(store, row) >= (TODAY - LATELY).isoformat()
    return row.alerts > 0


KEYS: dict[SortKey, Callable[[InvoiceRow], object]] = {
    SortKey.DATE: lambda row: row.date,
    SortKey.NUMBER: lambda row: f"{len(row.number):03}{row.number}" if row.number else "",
    SortKey.CUSTOMER: lambda row: fold(row.customer),
    SortKey.DUE: lambda row: row.due,
    SortKey.TOTAL: lambda row: row.total,
    SortKey.BALANCE: lambda row: row.balance,
}


def ordered(rows: list[InvoiceRow], view: View) -> list[int]:
    key = KEYS[view.sort]
    return [row.id for row in sorted(rows, key=lambda row: (key(row), row.id), reverse=view.descending)]


# by walking an index, or by fetching and sorting
@pytest.mark.parametrize(("few", "descending"), [(0, True), (4000, False)])
@pytest.mark.parametrize("sort", list(SortKey))
@pytest.mark.parametrize("show", list(InvoiceFilter))
def test_every_filter_in_every_order_page_by_page(
    store: Store, show: InvoiceFilter, sort: SortKey, descending: bool, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facturier.models.listing import listing as module

    monkeypatch.setattr(module, "conditions", lambda *asked: (found._replace(few=few) for found in conditions(*asked)))
    view = View(show, sort=sort, descending=descending)
    listing = Listing(store, view, TODAY)
    expected = ordered([row for row in everything(store) if shown(store, row, show)], view)
    found = page = [row.id for row in listing.first(7)]
    while page:
        page = [row.id for row in listing.after(page[-1], 7)]
        found = found + page
    assert found == expected
    assert [row.id for row in listing.last(5)] == expected[-5:]
    if len(expected) > 4:
        assert [row.id for row in listing.before(expected[4], 3)] == expected[1:4]
        assert sorted(listing.ids(expected[4], expected[1])) == sorted(expected[1:5])
    assert sorted(listing.ids()) == sorted(expected)
    assert [row.id for row in listing.rows(tuple(expected[:3]))] == expected[:3]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("tremblay", "tremblay"),
        ("TRE", "tre"),
        ("lay", "lay"),
        ("iles", "iles"),
        ("Zoe", "zoe"),
        ("Â", "  a"),
        ("z", "  z"),
        ("fi", " fi"),
        ("%", "  %"),
        ('"', '  "'),
        ("phase 1", "phase"),
        ("1,234.50", "1234.50"),
        ("nowhere", "nowhere"),
    ],
)
def test_a_search_finds_words_anywhere_and_short_ones_at_the_start_of_words(store: Store, text: str, word: str) -> None:
    kept = dict(store.rows("SELECT id, folded FROM invoice"))
    expected = {id_ for id_, folded in kept.items() if word in folded}
    expected = {id_ for id_ in expected if text != "phase 1" or "  1" in kept[id_]}
    assert set(Listing(store, View(text=text), TODAY).ids()) == expected
    assert (text == "nowhere" or text == "1,234.50") == (not expected)


@pytest.mark.parametrize("few", [0, 4000])
def test_a_view_is_added_up_by_currency_whichever_way_it_is_read(
    store: Store, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "facturier.models.listing.listing"
    monkeypatch.setattr(
        f"{module}.conditions", lambda *asked: (found._replace(few=few) for found in conditions(*asked))
    )
    monkeypatch.setattr(f"{module}._PART", 7)
    for view in (View(text="tremblay"), View(InvoiceFilter.OVERDUE, since="-60"), View(InvoiceFilter.ALERTS)):
        rows = Listing(store, view, TODAY).first(100)
        of_void = BookStatus.VOID
        expected = [
            (
                currency,
                len(mine := [row for row in rows if row.currency == currency]),
                sum(row.total for row in mine if row.book_status is not of_void),
                sum(row.balance for row in mine if row.book_status is not BookStatus.DRAFT),
                0,
            )
            for currency in sorted({row.currency for row in rows})
        ]
        assert Listing(store, view, TODAY).add_up(lambda: False) == expected
    for show in set(InvoiceFilter) - {InvoiceFilter.ALL, InvoiceFilter.ALERTS}:  # void invoices are only in these
        added = Listing(store, View(show), TODAY).add_up(lambda: False)
        assert filter_sums(store, TODAY, show) == [one._replace(tax=None) for one in added]


def test_adding_up_ends_when_it_is_stopped_and_leaves_out_the_taxes_of_very_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Listing(store, View(), TODAY).add_up(lambda: True) == []
    monkeypatch.setattr("facturier.models.listing.taxes.MOST", 59)
    assert {one.tax for one in Listing(store, View(), TODAY).add_up(lambda: False)} == {None}


def test_conditions_combine(store: Store) -> None:
    view = View(
        InvoiceFilter.SENT, customer="TREMB", since="-90", until="24/11/2026", least="100", most="3,000", currency="CAD"
    )
    expected = [
        row
        for row in everything(store)
        if sent(row)
        and row.book_status is BookStatus.ISSUED
        and fold(row.customer).startswith("tremb")
        and row.date >= TODAY - timedelta(90)
        and 10_000 <= row.total <= 300_000
        and row.currency == "CAD"
    ]
    assert expected
    assert {row.id for row in Listing(store, view, TODAY).first(100)} == {row.id for row in expected}
    assert view.narrowed
    assert not View(InvoiceFilter.PAID, "x").narrowed


def test_text_that_is_not_utf_8_finds_what_the_rest_of_it_finds(store: Store) -> None:
    broken = "10\ud80003"  # as an argument with the bytes 31 30 ff 30 33 arrives
    found = Listing(store, View(text=broken), TODAY).first(2)
    assert [row.id for row in found] == [row.id for row in Listing(store, View(text="1003"), TODAY).first(2)]
    assert found
    assert Listing(store, View(customer="\ud800"), TODAY).first(1)
    number = Listing(store, View(), TODAY).find(broken)
    assert number is not None
    assert find_invoice(store, broken) == get_invoice(store, number)


def test_typing_jumps_to_a_listed_number_or_customer(store: Store) -> None:
    listing = Listing(store, View(sort=SortKey.CUSTOMER, descending=False), TODAY)
    rows = {row.id: row for row in everything(store)}
    number = listing.find("1003")
    name = listing.find("îles")
    assert number is not None
    assert rows[number].number == "1003"
    assert name == next(row.id for row in listing.first(100) if row.customer == "Îles & Fils")
    assert listing.find("nobody") is None
    for show in InvoiceFilter:
        listed = Listing(store, View(show), TODAY)
        for start in ("10", "105"):
            numbers = [row.number for row in listed.first(1000) if row.number and row.number.startswith(start)]
            hit = listed.find(start)
            assert (rows[hit].number if hit else None) == (min(numbers) if numbers else None)


def test_a_number_is_found_among_hundreds_that_the_list_does_not_show(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with store.writing():
        save_company(store, next_is(read_company(store), 95))
        for number in range(95, 206):
            name = "Zed" if number in (96, 205) else "Boulangerie Tremblay"
            draft = save_draft(store, new_draft(store, TODAY, Customer(name=name)), keep_customer=False)
            issue_invoice(store, draft)
    views = (View(customer="Zed"), View(InvoiceFilter.PAID, text="zed"))
    found = [[Listing(store, view, TODAY).find(start) for start in ("9", "2", "20", "1")] for view in views]
    assert found == [[2, 111, 111, None]] * 2


def test_the_parts_of_the_money_bar_count_each_invoice_once_except_void_ones(store: Store) -> None:
    stages = [STAGES[show] for show in (InvoiceFilter.NOT_SENT, InvoiceFilter.DUE, InvoiceFilter.PAID)]
    counted = [stage for some in stages for stage in some if some is not stages[0] or stage != "paid_unsent"]
    assert sorted(counted) == sorted(set(STAGES[InvoiceFilter.ALL]) - {"void"})  # only credit notes are in two


@pytest.mark.parametrize("currency", ["CAD", "JPY"])
def test_the_counters_agree_with_the_invoices(store: Store, currency: str) -> None:
    rows = everything(store)
    for show, found in sums(store, TODAY, currency).items():
        there = [row for row in rows if shown(store, row, show)]
        whole = show in (InvoiceFilter.ALL, InvoiceFilter.SENT, InvoiceFilter.PAID, InvoiceFilter.PAID_LATELY)
        assert found.count == len(there), show
        amounts = [row.total if whole else row.balance for row in there if row.currency == currency]
        assert found.amount == sum(amounts), show
    assert currencies(store) == ["CAD", "JPY"]


def test_the_counters_follow_a_changed_and_deleted_draft(tmp_path: Path) -> None:
    store = create_company(tmp_path / "one.facturier")
    draft = save_draft(store, replace(new_draft(store, TODAY), lines=(Line("", "Audit", "1", "10", ""),)))
    draft = save_draft(store, replace(draft, lines=(Line("", "Audit", "3", "10", ""),)))
    found = sums(store, TODAY, "CAD")[InvoiceFilter.NOT_SENT]
    assert (found.count, found.amount) == (1, 3000)
    assert Listing(store, View(text="30.00"), TODAY).ids() == [draft.id]
    assert Listing(store, View(text="10.00"), TODAY).ids() == []
    delete_draft(store, draft.id or 0)
    assert sums(store, TODAY, "CAD")[InvoiceFilter.ALL].count == 0
    assert store.rows("SELECT * FROM tally") == []
    assert Listing(store, View(text="audit"), TODAY).ids() == []


def test_a_sent_invoice_stays_owed_whatever_happens_when_sent_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)

    def stands(invoice_id: int) -> InvoiceFilter:
        found = (
            show
            for show in (InvoiceFilter.NOT_SENT, InvoiceFilter.SENT)
            if Listing(store, View(show), TODAY).ids() == [invoice_id]
        )
        return next(found)

    delivery = queue(store, SenderKind.DEFAULT)
    assert stands(delivery.invoice_id) is InvoiceFilter.NOT_SENT
    held = claim(store)
    outcomes.hand_over(store, held, "")
    outcomes.accepted(store, held, "1")
    invoice = get_invoice(store, delivery.invoice_id)
    again = queue(store, SenderKind.DEFAULT, invoice=invoice)
    assert stands(invoice.id or 0) is InvoiceFilter.SENT
    resolving.cancel_delivery(store, again.id)
    assert stands(invoice.id or 0) is InvoiceFilter.SENT
    assert sums(store, TODAY, "CAD")[InvoiceFilter.SENT].count == 1
    bounces.report_bounce(store, delivery.id, {"marie@tremblay.example": "no such box"})
    assert stands(invoice.id or 0) is InvoiceFilter.NOT_SENT


def test_after_a_tax_change_the_new_total_is_found(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(5)),)))
    draft = save_draft(store, replace(new_draft(store, TODAY), lines=(Line("", "Audit", "1", "100", "GST"),)))
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(7)),)))
    assert Listing(store, View(text="107.00"), TODAY).ids() == [draft.id]
    assert Listing(store, View(text="105.00"), TODAY).ids() == []


@pytest.mark.parametrize("typed", ["1,5", "1.5", "câble 1,5", "1,234", "1234"])
def test_a_number_in_a_description_is_found_as_written(tmp_path: Path, typed: str) -> None:
    store = a_store(tmp_path)
    lines = (Line("Câble 1,5 mm, 1.5 kg, lot 1,234", "", "1", "1234", ""),)
    draft = save_draft(store, replace(new_draft(store, TODAY), lines=lines))
    assert Listing(store, View(text=typed), TODAY).ids() == [draft.id]


def test_no_page_of_any_list_scans_or_sorts_all_invoices(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    real, real_row = Store.rows, Store.row

    def watched(self: Store, sql: str, *values: object) -> list[tuple[object, ...]]:
        asked.append((sql, values))
        return real(self, sql, *values)

    def watched_row(self: Store, sql: str, *values: object) -> tuple[object, ...] | None:
        asked.append((sql, values))
        return real_row(self, sql, *values)

    monkeypatch.setattr(Store, "rows", watched)
    monkeypatch.setattr(Store, "row", watched_row)
    for show in InvoiceFilter:
        for sort in SortKey:
            Listing(store, View(show, sort=sort), TODAY).first(20)
        Listing(store, View(show), TODAY).find("10")
    for sql, values in asked:
        plan = " / ".join(row[3] for row in real(store, f"EXPLAIN QUERY PLAN {sql}", *values))
        assert "SCAN invoice" not in plan, (sql, plan)


def test_views_are_saved_by_name(store: Store) -> None:
    view = View(InvoiceFilter.OVERDUE, customer="Îles", since="-30", sort=SortKey.DUE, descending=False)
    save_view(store, "late", view)
    save_view(store, "Also", View())
    assert list(saved_views(store)) == ["Also", "late"]
    assert saved_views(store)["late"] == view
    forget_view(store, "late")
    forget_view(store, "Also")
    assert saved_views(store) == {}


def test_a_view_saved_by_version_0_1_0_keeps_its_order(store: Store) -> None:
    kept = '{"mine": {"show": "all", "text": "", "sort": "placed"}, "other": {"show": "due", "sort": "sorted"}}'
    with store.writing():
        store.write("INSERT OR REPLACE INTO setting (key, value) VALUES ('views', ?)", kept)
    assert {name: view.sort for name, view in saved_views(store).items()} == {
        "mine": SortKey.NUMBER,
        "other": SortKey.CUSTOMER,
    }
