"""Numbers by pattern: without gaps, also for several processes; numbers typed for one invoice; and the check."""

import contextlib
import multiprocessing
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.books.status import InvoiceKind
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError, NumberReserved, SeriesError, StoreError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.number_check import Gap, check_numbers
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes.draft_again import undo_issue
from facturier.models.settings.series import Place, Series
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import TODAY, Clock, a_draft, a_store, next_is, next_number
from tests.models.released import released_company

YEARLY = "F-{year}-{n:04}"


def issue(store: Store, *, own: str = "", day: date = TODAY, kind: InvoiceKind = InvoiceKind.INVOICE) -> Invoice:
    draft = replace(a_draft(store), own_number=own, date=day, due=day, kind=kind)
    return issue_invoice(store, save_draft(store, draft))


def set_pattern(store: Store, pattern: str, kind: str = "invoice") -> None:
    company = read_company(store)
    save_company(store, company.with_series(kind, company.series_of(kind)._replace(pattern=pattern)))


def test_each_kind_and_year_has_its_own_numbers(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert issue(store).number == "1001"
    set_pattern(store, YEARLY)
    given = [
        issue(store),
        issue(store, day=date(2027, 1, 1)),
        issue(store, kind=InvoiceKind.ESTIMATE),
        issue(store),
    ]
    assert [one.number for one in given] == ["F-2026-0001", "F-2027-0001", "E-1", "F-2026-0002"]
    set_pattern(store, "{n}")
    assert next_number(store) == "1002"  # where it was
    set_pattern(store, YEARLY)
    assert next_number(store) == "F-2026-0003"
    assert check_numbers(store).sound


def test_a_new_pattern_continues_after_the_numbers_that_are_used(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for own in ("F-2026-0001", "F-2026-0002", "F-2027-0001"):
        issue(store, own=own)
    set_pattern(store, YEARLY)
    assert [issue(store, day=date(year, 5, 1)).number for year in (2026, 2027)] == ["F-2026-0003", "F-2027-0002"]
    with pytest.raises(InputError, match="cannot start with"):
        set_pattern(store, "@{n}")
    with pytest.raises(SeriesError, match="could give the same numbers") as refused:
        set_pattern(store, "F-{year}-{n}", "estimate")
    assert (refused.value.kind, refused.value.part) == ("estimate", "pattern")
    save_company(store, next_is(read_company(store), 5, "F{n}"))
    issue(store)
    with pytest.raises(SeriesError, match="F5 is already used"):
        save_company(store, next_is(read_company(store), 5, "F{n}"))


def test_an_own_number_is_used_if_it_is_free_and_skipped_later(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    assert [issue(store, own=own).number for own in ("1003", "X-7", "1001")] == ["1003", "X-7", "1001"]
    for own in ("1003", "@5"):
        with pytest.raises((StoreError, InputError)):
            issue(store, own=own)
    assert [issue(store).number for _time in range(3)] == ["1002", "1004", "1005"]
    assert check_numbers(store) == (6, (), ())


def test_the_number_of_a_draft_that_is_deleted_is_given_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    set_pattern(store, YEARLY)
    own, last = (undo_issue(store, issue(store, own=own)) for own in ("X-7", ""))
    assert (own.reserved, last.reserved) == ("X-7", "F-2026-0001")
    for draft in (own, last):
        delete_draft(store, draft.id or 0)
    first, _second = undo_issue(store, issue(store)), issue(store)
    assert first.reserved == "F-2026-0001"
    with pytest.raises(NumberReserved):
        delete_draft(store, first.id or 0)
    third = undo_issue(store, issue(store))
    set_pattern(store, "{n}")
    with pytest.raises(NumberReserved):  # whether it was the last of its series is not known
        delete_draft(store, third.id or 0)


def test_a_company_of_the_first_release_keeps_its_numbers(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path), clock=Clock())
    company = read_company(store)
    stored = dict(store.rows("SELECT key, value FROM setting"))
    prefix, after = stored.get("prefix", '""').strip('"'), stored.get("next_number", "1001")
    assert next_number(store) == f"{prefix}{after}"
    issued = issue(store)
    assert issued.number == f"{prefix}{after}"
    assert find_invoice(store, f"{prefix}{after}") == issued
    assert read_company(store).series_of("invoice").pattern == company.series_of("invoice").pattern
    assert check_numbers(store).duplicates == ()


def _issue_all(path: Path, ids: list[int]) -> None:
    store = open_company(path, clock=Clock())
    for invoice_id in ids:
        issue_invoice(store, get_invoice(store, invoice_id))


def test_processes_that_issue_at_once_leave_no_gap_in_any_series(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    set_pattern(store, YEARLY)
    drafts = []
    for number in range(24):
        kind = InvoiceKind.ESTIMATE if number % 4 == 0 else InvoiceKind.INVOICE
        day, own = date(2026 + number % 2, 6, 1), f"F-2026-{number:04}" if number == 5 else ""
        drafts.append(save_draft(store, replace(a_draft(store), date=day, due=day, kind=kind, own_number=own)))
    ids = [draft.id or 0 for draft in drafts]
    issue_invoice(store, drafts[5])  # first: after the series has reached its number, it would be refused
    others = [*ids[:5], *ids[6:]]
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(3) as pool:
        pool.starmap(_issue_all, [(store.path, others[part::3]) for part in range(3)])
    numbers = sorted(get_invoice(store, id_).number or "" for id_ in ids)
    invoices = [0, 0]
    for draft in drafts:
        invoices[draft.date.year - 2026] += draft.kind is InvoiceKind.INVOICE
    expected = [f"F-{2026 + at}-{n + 1:04}" for at in (0, 1) for n in range(invoices[at])]
    # The own number is of 2026 on an invoice of 2027.
    expected = sorted({*expected[:-1], f"F-2026-{invoices[0] + 1:04}"} | {f"E-{n + 1}" for n in range(6)})
    assert numbers == expected
    assert check_numbers(store).sound


@given(st.lists(st.sampled_from(["issue", "own", "undo", "delete", "next year", "pattern"]), max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_leaves_no_gap(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> None:
    store = a_store(tmp_path_factory.mktemp("numbers"))
    last: Invoice | None = None
    for step, name in enumerate(steps):
        match name:
            case "issue":
                last = issue(store)
            case "own":
                last = issue(store, own=f"own {step}" if step % 2 else f"{1003 + step}")
            case "next year":
                last = issue(store, day=date(2027, 2, 1))
            case "pattern":
                set_pattern(store, YEARLY if step % 2 else "{n}")
            case "undo" if last is not None and last.number:
                last = undo_issue(store, last)
            case "delete" if last is not None and last.reserved:
                with contextlib.suppress(NumberReserved):
                    delete_draft(store, last.id or 0)
                last = None
    assert check_numbers(store).sound


def test_the_check_names_gaps_and_duplicates(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    issue(store)
    save_company(store, next_is(read_company(store), 1005))
    issue(store, own="1003")
    issue(store)
    set_pattern(store, "f{n}")
    issue(store, own="F1006")
    issue(store)
    issue(store)
    found = check_numbers(store)
    assert found.gaps == (Gap("invoice", "1002", "1002", 1), Gap("invoice", "1004", "1004", 1))
    assert found.duplicates == (("F1006", "f1006"),)


_numbers = st.lists(
    st.sampled_from(
        ["1001", "1002", "1003", "01003", "F-2026-0001", "F-2026-0002", "F-2026-10000", "f-2026-0001", "E-1"]
    )
    | st.sampled_from(["E-2", "E-4", "CN-1", "CN-01", "X", "F-2026-0000", "F-20-0001", "F-2027-0001", "1001a", "1005"])
    | st.sampled_from(
        [
            "3/2026",
            "5/2026",
            "1/2027",
            "0999",
            "99",
            "101",
        ]
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


def _checked_one_by_one(store: Store) -> tuple[set[tuple[str, str]], set[frozenset[str]]]:
    """Return the missing numbers with their kinds, and the duplicates, by looking at each number and each place."""
    company = read_company(store)
    found = store.rows("SELECT coalesce(number, reserved) AS n, kind, own_number FROM invoice WHERE n IS NOT NULL")
    used = {number for number, _kind, _own in found}
    places: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for number, kind, own in found:
        series = company.series_of(kind)
        if number != own and (place := series.find(number)) is not None:
            places[kind, series.pattern, place.period].add(place.n)
        elif number != own and (digits := re.fullmatch(r"(.*?)([0-9]{1,9})([^0-9]*)", number)) is not None:
            before, n, after = digits.groups()
            count = f"{{n:0{len(n)}}}" if n.startswith("0") else "{n}"
            if int(n) > 0:
                places[kind, f"{before}{count}{after}", ""].add(int(n))
    missing = {
        (kind, number)
        for (kind, pattern, period), ns in places.items()
        for n in range(min(ns), max(ns))
        if (number := Series(pattern).at(Place(period, n))) not in used
    }
    same = {frozenset(other for other in used if other.casefold() == number.casefold()) for number in used}
    return missing, {numbers for numbers in same if len(numbers) > 1}


def _add_numbers(store: Store, rows: list[tuple[str, str, str]]) -> None:
    """Add issued documents with a number, a kind, and the number that was typed for it."""
    with store.writing():
        columns = [row[1] for row in store.rows("PRAGMA table_xinfo(invoice)") if row[6] == 0]
        copied = ", ".join(column for column in columns if column not in ("id", "number", "kind", "own_number"))
        store.write_many(
            f"INSERT INTO invoice (number, kind, own_number, {copied})"
            f" SELECT ?, ?, ?, {copied} FROM invoice WHERE standing = 'issued' ORDER BY id LIMIT 1",
            rows,
        )


@given(
    numbers=_numbers,
    pattern=st.sampled_from(["{n}", YEARLY, "{n}/{year}", "e-{n}", "1{n}"]),
    kinds=st.lists(st.sampled_from(["invoice", "invoice", "credit_note", "estimate"]), min_size=12, max_size=12),
    own=st.lists(st.booleans(), min_size=12, max_size=12),
    reserved=st.booleans(),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_check_finds_what_looking_at_each_number_finds(
    tmp_path_factory: pytest.TempPathFactory,
    numbers: list[str],
    pattern: str,
    kinds: list[str],
    own: list[bool],
    reserved: bool,
) -> None:
    store = a_store(tmp_path_factory.mktemp("numbers"))
    with contextlib.suppress(SeriesError):  # the patterns of estimates differ in capitals only
        set_pattern(store, pattern)
    first = issue(store, own="1004")
    if reserved:
        undo_issue(store, first)
        issue(store, own="X-1")
    _add_numbers(
        store,
        [(number, kind, number if typed else "") for number, kind, typed in zip(numbers, kinds, own, strict=False)],
    )
    found = check_numbers(store)
    gaps = {(gap.kind, text) for gap in found.gaps for text in _between(gap)}
    assert (gaps, {frozenset(some) for some in found.duplicates}) == _checked_one_by_one(store)
    assert found.checked == len(numbers) + 1 + reserved


def _between(gap: Gap) -> list[str]:
    """All numbers of a gap: the first and the last one differ in one group of digits."""
    first, last = (re.split(r"([0-9]+)", text) for text in gap[1:3])
    (place,) = [at for at in range(len(first)) if first[at] != last[at]] or [len(first) - 2]
    return [
        "".join([*first[:place], str(n).zfill(len(first[place])), *first[place + 1 :]])
        for n in range(int(first[place]), int(last[place]) + 1)
    ]


def test_the_check_of_many_numbers_looks_at_those_around_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_store(tmp_path)
    issue(store)
    _add_numbers(store, [(str(n), "invoice", "") for n in range(1002, 12001) if n not in (5000, 9998)])
    looked: list[str] = []
    find = Series.find

    def looking(series: Series, number: str) -> Place | None:
        looked.append(number)
        return find(series, number)

    monkeypatch.setattr(Series, "find", looking)
    found = check_numbers(store)
    assert found.gaps == (Gap("invoice", "5000", "5000", 1), Gap("invoice", "9998", "9998", 1))
    assert (found.checked, found.duplicates) == (12000 - 1001 - 1, ())
    assert {*looked} == {"1001", "4999", "5001", "9997", "9999", "10000", "12000"}
