"""A whole company as JSON: importing an export gives the same company, and what must not be in it is not."""

import io
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facturier.models.books.invoice import Customer, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import Answer, ByHand, InvoiceKind, PeriodUnit, State
from facturier.models.company.connection import get_connection
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import copy_invoice, new_draft, save_draft
from facturier.models.errors import InputError, MessageNotKept, StoreError
from facturier.models.estimates.answers import record_answer
from facturier.models.estimates.billing import bill_estimate, progress_of
from facturier.models.exports import company_file, stream
from facturier.models.exports.company_file import company_lines, import_company
from facturier.models.issuing.by_hand import issue_by_hand
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import all_items, save_item
from facturier.models.listing.listing import Listing
from facturier.models.listing.saved_views import save_view, saved_views
from facturier.models.listing.totals import sums
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.outbox.deliveries import deliveries_of, message_of
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.payments import record_payment
from facturier.models.payments.receiving import receive_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.making import make_invoice
from facturier.models.recurring.pausing import skip_period
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import all_schedules, runs_of
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax_text import parse_rates
from facturier.models.store import tables
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import MESSAGE, TODAY, Clock, a_draft, a_store, in_state, next_number


def exported(store: Store) -> str:
    return "".join(company_lines(store))


def imported(text: str, path: Path) -> Store:
    return import_company(io.StringIO(text), path, clock=Clock(), user="luc")


def full(folder: Path) -> Store:
    """A company with a value in every part of an export."""
    store = a_store(folder)
    rates = parse_rates("GST 5\nQST 9.975")
    save_company(store, replace(read_company(store), rates=rates, messages={"fr": "Merci « à vous »"}))
    save_view(store, "Mine", View(InvoiceFilter.DUE, "x"))
    tremblay = save_customer(
        store, Customer(name="Tremblay", email="t@client.example", terms=15, language="fr", vat_id="FR40303265045")
    )
    save_item(store, Item("Audit", "Year-end", "150", "GST", "A-1", "Fin d’exercice", "HUR", {"USD": "110"}, True))
    draft = new_draft(store, TODAY, tremblay)
    lines = (
        Line("Phase 1", kind=LineKind.HEADING),
        Line("Work\nwell done", "Audit", "2", "150.50", "GST+QST", unit="HUR", discount="10%", service_from=TODAY),
        Line(kind=LineKind.SUBTOTAL),
    )
    draft = replace(draft, lines=lines, shipping="12.00", notes="private", custom={"Ref": "7"}, project="North")
    issued = issue_invoice(store, save_draft(store, draft))
    record_payment(store, issued.id or 0, TODAY, 5000, "cheque")
    with store.writing():
        store.run(tables.Attachment.insert(invoice_id=issued.id, name="a.txt", type="text/plain", bytes=b"\x00\xff"))
    copy_invoice(store, issued.id or 0, TODAY)
    schedule = create_schedule(store, issued.id or 0, Rhythm(2, PeriodUnit.WEEK, TODAY, TODAY + timedelta(99), 5))
    second, *later = schedule.upcoming(3)
    delete_draft(store, (make_invoice(store, schedule.id, second, second) or issued).id or 0)
    for day in later:
        skip_period(store, schedule.id, day)
    for state in sorted(State, key=lambda state: state is State.QUEUED):  # what waits would be claimed first
        in_state(store, state, invoice=a_draft(store, f"In {state}"))
    return store


def test_an_import_is_the_same_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company_file, "_PAGE", 4)
    monkeypatch.setattr(stream, "_CHUNK", 50)
    before = full(tmp_path)
    text = exported(before)
    after = imported(text, tmp_path / "new.facturier")
    assert exported(after) == text
    assert read_company(after) == read_company(before)
    assert (all_items(after), saved_views(after)) == (all_items(before), saved_views(before))
    ids = [row.id for row in Listing(before, View(), TODAY).first(100)]
    assert len(ids) == 2 + len(State)
    for id_ in ids:
        ours, theirs = get_invoice(before, id_), get_invoice(after, id_)
        assert replace(theirs, version=0, delivery=None) == replace(ours, version=0, delivery=None)
        assert read_journal(after, id_) == read_journal(before, id_)
    # The company that was exported goes on with its recurring invoices.
    [was], [schedule] = all_schedules(before), all_schedules(after)
    assert schedule == replace(was, paused=True)
    assert runs_of(after, schedule.id) == runs_of(before, was.id)
    assert len(runs_of(after, schedule.id)) == 4
    # What was sent is sent, searches and sums work, and the next invoice gets the next number.
    states = {get_invoice(before, id_).delivery: get_invoice(after, id_).delivery for id_ in ids}
    doubtful = dict.fromkeys((State.QUEUED, State.CLAIMED, State.HANDING_OVER), State.IN_DOUBT)
    assert states == {state: doubtful.get(state, state) for state in State} | {None: None}
    assert [row.number for row in Listing(after, View(text="audit"), TODAY).first(9)] == [None, "1001"]
    assert sums(after, TODAY, "CAD") == sums(before, TODAY, "CAD")
    number = issue_invoice(after, a_draft(after)).number
    assert number == next_number(before)
    # It can be opened like any other company.
    open_company(after.path)


def test_what_was_sent_without_email_and_the_numbers_of_an_earlier_version_are_kept(tmp_path: Path) -> None:
    before = a_store(tmp_path)
    with before.writing():
        before.write("INSERT INTO setting VALUES ('prefix', '\"F\"'), ('next_number', '77')")
    copy = imported(exported(before), tmp_path / "first.facturier")
    assert next_number(copy) == next_number(before) == "F77"
    issued = issue_by_hand(before, a_draft(before), ByHand.PAPER)
    after = imported(exported(before), tmp_path / "second.facturier")
    assert get_invoice(after, issued.id or 0).handed_over == "paper"
    tally = "SELECT stage, invoices, balance FROM tally"
    assert after.rows(tally) == before.rows(tally) == [("owed", 1, 10000)]


def test_estimates_keep_their_answer_and_their_invoices(tmp_path: Path) -> None:
    before = a_store(tmp_path)
    draft = new_draft(before, TODAY, Customer(name="Acme"), InvoiceKind.ESTIMATE)
    estimate = issue_invoice(before, save_draft(before, replace(draft, lines=(Line("Work", rate="100"),))))
    record_answer(before, estimate.id or 0, Answer.ACCEPTED, TODAY)
    bill_estimate(before, estimate.id or 0, TODAY, percent=Decimal(30))
    after = imported(exported(before), tmp_path / "new.facturier")
    found = get_invoice(after, estimate.id or 0)
    assert (found.kind, found.answer, found.answered) == (InvoiceKind.ESTIMATE, Answer.ACCEPTED, TODAY)
    assert progress_of(after, found).percent == 30
    assert [row.kind for row in Listing(after, View(), TODAY).first(9)] == [InvoiceKind.INVOICE]


def test_messages_sessions_and_the_connection_stay_where_they_are(tmp_path: Path) -> None:
    before = full(tmp_path)
    text = exported(before)
    assert get_connection(before) is not None
    for secret in ("client", "session", MESSAGE.decode().splitlines()[0], '"vault"', str(tmp_path / "acme")):
        assert secret not in text.replace("@client.example", "")
    after = imported(text, tmp_path / "new.facturier")
    assert get_connection(after) is None
    [delivery] = [
        found
        for row in Listing(after, View(), TODAY).first(100)
        for found in deliveries_of(after, row.id)
        if found.state is State.SENT
    ]
    with pytest.raises(MessageNotKept, match="does not have the message"):
        message_of(after, delivery.id)


_names = st.text(max_size=12)
_rates = st.sampled_from(["1", "0.333", "-5", "99999.99", ""])


def _draft(store: Store, name: str, rate: str) -> int:
    draft = new_draft(store, TODAY, Customer(name=name, email="c@client.example"))
    lines = (Line(name, name, "3", rate, "GST"), Line(name, rate="1"))
    return save_draft(store, replace(draft, lines=lines, reference=name)).id or 0


def _issued(store: Store, name: str, rate: str) -> int:
    return issue_invoice(store, get_invoice(store, _draft(store, name, rate))).id or 0


def _paid(store: Store, name: str, rate: str) -> None:
    customer = get_invoice(store, _issued(store, name, rate)).customer.id
    payment = CustomerPayment(customer_id=customer, date=TODAY, currency="CAD", amount=321, method=name, note=rate)
    with suppress(InputError):  # without a customer, there can be no credit
        receive_payment(store, payment)


def _delivered(state: State) -> Callable[[Store, str, str], object]:
    return lambda store, name, rate: in_state(store, state)


_steps: dict[str, Callable[[Store, str, str], object]] = {
    "draft": _draft,
    "deleted": lambda store, name, rate: delete_draft(store, _draft(store, name, rate)),
    "issued": _issued,
    "paid": _paid,
    "void": lambda store, name, rate: void_invoice(store, _issued(store, name, rate), f"{name}!"),
    "item": lambda store, name, rate: save_item(store, Item(f"{name}!", name, rate, rates={"EUR": rate})),
    "customer": lambda store, name, rate: save_customer(store, Customer(name=f"{name}!", address=f"{name}\n{rate}")),
    **{state.value: _delivered(state) for state in State},
}


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(sorted(_steps)), _names, _rates), max_size=6), st.integers(1, 300))
def test_whatever_was_done_the_export_of_an_import_is_equal(steps: list[tuple[str, str, str]], chunk: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "_CHUNK", chunk)
        store = a_store(Path(folder))
        save_company(store, replace(read_company(store), rates=parse_rates("GST 5")))
        for step, name, rate in steps:
            with suppress(AssertionError):  # another delivery is waiting, and goes first
                _steps[step](store, name, rate)
        text = exported(store)
        assert exported(imported(text, Path(folder) / "new.facturier")) == text
        assert json.loads(text)["facturier_company"] == 1


_SPOILT: list[tuple[Callable[[Any], object], str]] = [
    (lambda found: found.pop("facturier_company"), "not an export"),
    (lambda found: found.update(facturier_company=2), "newer version"),
    (lambda found: found.update(vault=["x"]), "unknown part: vault"),
    (lambda found: found["settings"].update(home="/tmp"), "does not know"),
    (lambda found: found["customers"].append({}), "customers 2 has no field"),
    (lambda found: found["items"][0].update(price="1"), "items 1 has an unknown field: price"),
    (lambda found: found["invoices"][0].update(date="soon"), "invoices 1: the value of date"),
    (lambda found: found["invoices"][0].update(total="5"), "invoices 1: the value of total"),
    (lambda found: found["invoices"][0].update(per_line=1), "invoices 1: the value of per_line"),
    (lambda found: found["invoices"][0]["lines"][1].update(kind="x"), "invoices 1, lines 2: the value of kind"),
    (lambda found: found["invoices"][0]["attachments"][0].update(bytes="?"), "attachments 1: the value of bytes"),
    (lambda found: found["invoices"][3].update(number=found["invoices"][0]["number"]), "contradicts itself"),
    (lambda found: found["payments"][0].update(invoice_id=999), "contradicts itself"),
]


def test_a_file_that_is_not_right_creates_no_company(tmp_path: Path) -> None:
    text = exported(full(tmp_path))
    for change, said in _SPOILT:
        found = json.loads(text)
        change(found)
        with pytest.raises(InputError, match=said) as refused:
            imported(json.dumps(found), tmp_path / "new.facturier")
        assert "No company file was created." in str(refused.value)
        assert not list(tmp_path.glob("new.facturier*"))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"facturier_company": 1', '{"facturier_company": 1} x', "[[[" * 9999])
def test_a_text_that_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="not valid JSON"):
        imported(text, tmp_path / "new.facturier")


def test_an_existing_file_is_not_replaced(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    kept = store.path.read_bytes()
    with pytest.raises(StoreError, match="already exists"):
        imported(exported(store), store.path)
    assert store.path.read_bytes() == kept
