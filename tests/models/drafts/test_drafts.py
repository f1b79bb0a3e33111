"""Drafts and settings: concurrent changes are never overwritten, and issued invoices do not change."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from facturier.models.books import invoice
from facturier.models.books.alerts import count_alerts, open_alerts
from facturier.models.books.contacts import Contact
from facturier.models.books.customers import find_customers, get_customer
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import BookStatus, ByHand, InvoiceKind, State
from facturier.models.company.connection import StoredBlob
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import copy_invoice, correct_invoice, new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, InputError, NoSuchInvoice, StoreError
from facturier.models.issuing.by_hand import issue_by_hand
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import find_items, keep_new_items
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.outbox.pauses import dismiss_alert
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.settings.tax_presets import preset_rates
from facturier.models.settings.totals import Totals, totals
from facturier.models.store.opening import open_company
from facturier.models.text.i18n import speak
from tests.models.making import TODAY, a_draft, a_store, in_state, next_is, queue


def test_a_saved_draft_is_read_back_unchanged(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    customer = Customer(None, "Île", "Zoé", "z@x.example", "c@x.example", "b@x.example", "1, rue\nX", "fr", 15, "GST")
    lines = (Line("Day", "Work", "1,5", "1 234,50", "GST+QST"), Line("half a thou", rate="not yet"), Line())
    draft = replace(new_draft(store, TODAY, customer), lines=lines, reference="PO", message="Thanks")
    saved = save_draft(store, draft)
    assert saved.id is not None
    found = get_invoice(store, saved.id)
    assert found.lines == (Line("Day", "Work", "1.5", "1234.5", "GST+QST"), *lines[1:])
    assert (found.terms, found.due) == (15, TODAY + timedelta(15))
    assert (found.customer.name, found.customer.bcc, found.reference) == ("Île", "b@x.example", "PO")
    assert found.total == saved.total
    assert found.customer.id is not None
    assert get_customer(store, found.customer.id) == replace(customer, id=found.customer.id)


@pytest.mark.parametrize("name", ["\r", "\x00\u200b", " \t"])
def test_a_name_of_characters_that_are_not_kept_is_no_name(tmp_path: Path, name: str) -> None:
    store = a_store(tmp_path)
    nobody = Customer(name=name, contacts=(Contact(name, name),))
    lines = (Line("Work", name, "1", "10"),)
    saved = save_draft(store, replace(new_draft(store, TODAY, nobody), lines=lines))
    assert (saved.customer.id, saved.customer.name) == (None, "")
    assert get_invoice(store, saved.id or 0).customer.name == ""
    assert (find_customers(store), keep_new_items(store, saved.lines, "CAD")) == ([], {})
    with pytest.raises(StoreError, match="no customer"):
        issue_by_hand(store, saved, ByHand.PAPER)
    with pytest.raises(InputError, match="needs a name"):
        save_customer(store, nobody)
    assert save_customer(store, replace(nobody, name="Tremblay")).contacts == ()


@pytest.mark.parametrize("keep", [1, 2])
def test_lines_with_a_gap_in_their_places_are_all_written_again(tmp_path: Path, keep: int) -> None:
    store = a_store(tmp_path)
    lines = tuple(Line(name, "", "1", "2") for name in ("A", "B", "C"))
    draft = save_draft(store, replace(new_draft(store, TODAY), lines=lines))
    with store.writing():  # as another program may
        store.write("DELETE FROM line WHERE position = 0")
    read = get_invoice(store, draft.id or 0)
    typed = (replace(read.lines[0], description="B2"), *read.lines[1:])[:keep]
    save_draft(store, replace(read, lines=typed), before=read)
    assert [line.description for line in get_invoice(store, draft.id or 0).lines] == ["B2", "C"][:keep]


def test_only_lines_that_are_different_are_written(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    lines = tuple(Line(f"line {number}", rate="1.5") for number in range(9))
    draft = save_draft(store, replace(a_draft(store), lines=lines))
    assert draft.id is not None
    with store.reading():
        for change in (
            lines,  # none
            (*lines[:4], Line("another", rate="7"), *lines[5:]),
            lines[:3],
            (),
            (*lines, Line("one more")),
            lines[2:],
        ):
            shared = sum(line == other for line, other in zip(draft.lines, change, strict=False))
            counted = store.database.connection().total_changes
            draft = save_draft(store, replace(draft, lines=change, message=f"{change}"[:99]), before=draft)
            written = store.database.connection().total_changes - counted
            assert get_invoice(store, draft.id or 0).lines == change
            # Besides the lines: the invoice, and what the triggers write for its sum and its words.
            assert written <= max(len(change), 9) - shared + 12
    unsaved = replace(draft, lines=lines)
    wrong = replace(draft, version=draft.version - 1, lines=lines)  # not what the store has
    save_draft(store, unsaved, before=wrong)
    assert len(get_invoice(store, unsaved.id or 0).lines) == 9


def test_a_number_is_kept_anew_where_it_means_something_else_in_another_language(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = save_draft(store, replace(a_draft(store), lines=(Line("Half typed", rate="1,234"),)))
    assert get_invoice(store, draft.id or 0).total.minor == 123_400
    speak("fr")
    again = save_draft(store, replace(draft, message="Bonjour"), before=draft)
    speak("en")
    found = get_invoice(store, again.id or 0)
    assert (found.lines[0].rate, found.total.minor) == ("1.234", 123)


def test_a_project_is_kept_found_and_copied(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = save_draft(store, replace(a_draft(store), project="Aile nord"))
    assert draft.id is not None
    assert get_invoice(store, draft.id).project == "Aile nord"
    assert [row.id for row in Listing(store, View(text="aile"), TODAY).first(9)] == [draft.id]
    issued = issue_invoice(store, draft)
    assert [row.id for row in Listing(store, View(text="aile"), TODAY).first(9)] == [issued.id]
    assert copy_invoice(store, draft.id, TODAY).project == "Aile nord"
    assert correct_invoice(store, draft.id, "wrong", TODAY).project == "Aile nord"
    with pytest.raises(ChangedElsewhere):
        save_draft(store, replace(issued, project="Aile sud"))
    assert get_invoice(store, draft.id).project == "Aile nord"


def test_a_save_computes_the_totals_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_store(tmp_path)
    computed: list[object] = []

    def counted(*arguments: Any, **options: Any) -> Totals:
        computed.append(arguments)
        return totals(*arguments, **options)

    monkeypatch.setattr(invoice, "totals", counted)
    draft = replace(new_draft(store, TODAY, Customer(name="New")), lines=(Line("Only here", rate="12.34"),))
    saved = save_draft(store, draft)
    assert (saved.total.minor, len(computed)) == (1234, 1)
    save_draft(store, replace(saved, lines=(Line("Only here", rate="43.21"),)))
    assert len(computed) == 2


def test_totals_are_those_of_the_language_in_which_a_number_is_read(tmp_path: Path) -> None:
    draft = replace(new_draft(a_store(tmp_path), TODAY), lines=(Line("Half typed", rate="1,234"),))
    found = []
    for language in ("en", "fr"):
        speak(language)
        found.append(draft.total.minor)
    speak("en")
    assert found == [123_400, 123]


def test_it_begins_with_the_message_in_the_customers_language(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), language="fr", messages={"fr": "Merci."}))
    spoken = {language: new_draft(store, TODAY, Customer(language=language)).message for language in ("", "fr", "en")}
    # the company's own language is better than no message
    assert spoken == {"": "Merci.", "fr": "Merci.", "en": "Merci."}
    save_company(store, replace(read_company(store), messages={"fr": "Merci.", "en": "Thank you."}))
    assert new_draft(store, TODAY, Customer(language="en")).message == "Thank you."


def test_messages_of_earlier_versions_for_all_languages_still_apply(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with store.writing():
        store.write("INSERT INTO setting VALUES ('message', '\"Thanks\"'), ('payment_text', '\"By cheque\"')")
    company = read_company(store)
    assert (company.message_for("fr"), company.payment_text_for("en")) == ("Thanks", "By cheque")
    save_company(store, replace(company, messages={**company.messages, "fr": "Merci"}, payment_texts={}))
    company = read_company(store)
    assert (company.message_for("fr"), company.message_for("en")) == ("Merci", "Thanks")
    assert company.payment_text_for("en") == ""


def test_a_line_has_the_same_amount_in_every_language(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    saved = a_draft(store, rate="1,234")
    total = saved.total
    keep_new_items(store, [Line("", "Audit", "1", "1,234", "")], "CAD")
    try:
        speak("fr")
        assert get_invoice(store, saved.id or 0).total == total
        assert find_items(store, "audit")[0].rate == "1234"
    finally:
        speak("en")


def test_references_and_payments_too_large_for_the_file_are_refused(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with pytest.raises(NoSuchInvoice):
        find_invoice(store, "@" + "9" * 20)
    invoice = issue_invoice(store, a_draft(store))
    with pytest.raises(InputError, match="too large"):
        record_payment(store, invoice.id or 0, TODAY, 10**15 + 1)


def test_an_older_version_does_not_overwrite_a_newer_one(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    newer = save_draft(store, replace(draft, reference="theirs", lines=()))
    with pytest.raises(ChangedElsewhere, match="Someone else has saved"):
        save_draft(store, replace(draft, reference="mine"))
    assert draft.id is not None
    assert get_invoice(store, draft.id) == newer
    assert save_draft(store, replace(newer, reference="mine")).version == newer.version + 1


def test_two_windows_saving_at_once_lose_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    saved: list[str] = []

    def save(reference: str) -> None:
        mine = open_company(store.path)
        try:
            save_draft(mine, replace(draft, reference=reference))
            saved.append(reference)
        except ChangedElsewhere:
            pass

    threads = [threading.Thread(target=save, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert draft.id is not None
    assert [get_invoice(store, draft.id).reference] == saved


def test_drafts_issued_or_deleted_elsewhere_are_reported(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    issued, gone = a_draft(store), a_draft(store)
    issue_invoice(store, issued)
    with pytest.raises(ChangedElsewhere, match="issued as 1001"):
        save_draft(store, replace(issued, lines=()))
    assert gone.id is not None
    delete_draft(store, gone.id)
    with pytest.raises(ChangedElsewhere, match="deleted"):
        save_draft(store, gone)
    with pytest.raises(ChangedElsewhere):
        issue_invoice(store, issued)
    with pytest.raises(NoSuchInvoice):
        get_invoice(store, gone.id)
    assert [entry.kind for entry in read_journal(store, gone.id)] == ["created", "deleted"]


@pytest.mark.parametrize("state", [state for state in State if state is not State.CANCELLED], ids=str)
def test_an_issued_invoice_cannot_be_deleted(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, state)
    with pytest.raises(StoreError):
        delete_draft(store, delivery.invoice_id)
    assert get_invoice(store, delivery.invoice_id).delivery is state


def test_an_id_is_never_reused(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    gone = a_draft(store)
    assert gone.id is not None
    delete_draft(store, gone.id)
    assert a_draft(store).id != gone.id


def test_a_copy_is_a_draft_dated_today(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery = queue(store)
    later = TODAY + timedelta(40)
    copy = copy_invoice(store, delivery.invoice_id, later)
    original = get_invoice(store, delivery.invoice_id)
    assert (copy.book_status, copy.number, copy.date, copy.delivery) == (BookStatus.DRAFT, None, later, None)
    assert copy.lines == original.lines
    assert copy.customer.name == original.customer.name
    assert copy.due - copy.date == original.due - original.date


def test_a_name_being_typed_creates_no_customers(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = new_draft(store, TODAY)
    for typed in ("B", "Bo", "Bou"):
        draft = save_draft(store, replace(draft, customer=Customer(name=typed)), keep_customer=False)
    assert find_customers(store) == []
    draft = save_draft(store, draft)
    assert [customer.name for customer in find_customers(store)] == ["Bou"]
    assert save_draft(store, draft).customer.id == draft.customer.id


def test_new_rates_apply_to_drafts_and_not_to_issued_invoices(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    old = (TaxRate("GST", Decimal(5)),)
    save_company(store, replace(read_company(store), rates=old))
    line = (Line("Work", rate="100.00", tax="GST"),)
    issued = issue_invoice(store, save_draft(store, replace(new_draft(store, TODAY), lines=line)))
    draft = save_draft(store, replace(new_draft(store, TODAY), lines=line))
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(7)),)))
    assert issued.id is not None
    assert draft.id is not None
    assert get_invoice(store, issued.id).rates == old
    assert get_invoice(store, issued.id).total.minor == 10500
    assert get_invoice(store, draft.id).total.minor == 10700
    assert store.row("SELECT total FROM invoice WHERE id = ?", draft.id) == (10700,)


def test_settings_record_changes_and_never_reuse_a_number(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    company = read_company(store)
    with pytest.raises(InputError):
        save_company(store, replace(next_is(company, 1001), telephone="1"))
    assert read_company(store) == company
    save_company(store, replace(company, telephone="+1", subjects={"fr": "Facture"}))
    assert read_company(store) == replace(company, telephone="+1", subjects={"fr": "Facture"})
    assert read_journal(store)[-1].detail == {"changed": "telephone, subjects"}
    entries = len(read_journal(store))
    save_company(store, read_company(store))
    assert len(read_journal(store)) == entries


def test_payments_can_be_recorded_and_refunded(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    assert draft.id is not None
    with pytest.raises(StoreError):
        record_payment(store, draft.id, TODAY, 100)
    issue_invoice(store, draft)
    with pytest.raises(InputError):
        record_payment(store, draft.id, TODAY, 0)
    first = record_payment(store, draft.id, TODAY, 6000, "Cheque")
    assert get_invoice(store, draft.id).balance.minor == 4000
    second = record_payment(store, draft.id, date(2026, 12, 1), -1000)
    assert get_invoice(store, draft.id).balance.minor == 5000
    assert payments_of(store, draft.id) == [first, second]
    assert [payment.amount for payment in payments_of(store, draft.id)] == [6000, -1000]
    with pytest.raises(StoreError):
        void_invoice(store, draft.id, "paid in part")


def test_a_wrong_payment_is_removed_and_the_journal_keeps_both(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    assert draft.id is not None
    issue_invoice(store, draft)
    record_payment(store, draft.id, TODAY, 6000, "Cheque")
    record_payment(store, draft.id, date(2026, 12, 1), 4000)
    wrong = payments_of(store, draft.id)[0]
    assert remove_payment(store, wrong.id).balance.minor == 6000
    assert [payment.amount for payment in payments_of(store, draft.id)] == [4000]
    assert read_journal(store, draft.id)[-1].kind == "payment_removed"
    assert read_journal(store, draft.id)[-1].detail == {"amount": "60.00", "day": TODAY.isoformat(), "method": "Cheque"}
    with pytest.raises(StoreError):
        remove_payment(store, wrong.id)
    # Two payments that cancel out may remain on a void invoice, so it stays unchanged.
    record_payment(store, draft.id, TODAY, -4000)
    void_invoice(store, draft.id, "twice")
    with pytest.raises(StoreError):
        remove_payment(store, payments_of(store, draft.id)[0].id)


def test_a_void_invoice_counts_nothing_and_one_being_sent_cannot_be_voided(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.IN_DOUBT)
    with pytest.raises(StoreError, match="not known whether it was sent"):
        void_invoice(store, delivery.invoice_id, "x")
    with pytest.raises(StoreError, match=r"This draft cannot be voided.*Delete it"):
        void_invoice(store, a_draft(store).id or 0, "x")
    issued = issue_invoice(store, a_draft(store))
    assert issued.id is not None
    void_invoice(store, issued.id, "by mistake")
    assert get_invoice(store, issued.id).balance.minor == 0
    assert find_invoice(store, "1002").book_status is BookStatus.VOID


def test_a_void_invoice_raises_no_alert_to_send_it_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    failed, _held = in_state(store, State.FAILED)
    other, _held = in_state(store, State.FAILED)
    void_invoice(store, failed.invoice_id, "wrong customer")
    assert [alert.delivery_id for alert in open_alerts(store)] == [other.id]


def test_alerts_stay_until_they_are_dismissed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, State.FAILED)
    in_state(store, State.IN_DOUBT)
    assert count_alerts(store) == 2
    [alert] = open_alerts(store, delivery.invoice_id)
    assert store.row("SELECT alerts FROM invoice WHERE id = ?", delivery.invoice_id) == (1,)
    dismiss_alert(store, alert.id)
    dismiss_alert(store, alert.id)
    assert (count_alerts(store), open_alerts(store, delivery.invoice_id)) == (1, [])
    assert store.row("SELECT alerts FROM invoice WHERE id = ?", delivery.invoice_id) == (0,)
    assert [entry.kind for entry in read_journal(store, delivery.invoice_id)].count("alert_dealt") == 1


def test_the_vaults_bytes_are_compared_and_swapped(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    mine, theirs = StoredBlob(store), StoredBlob(open_company(store.path))
    assert mine.read() == (b"", 0)
    mine.write(b"one", 0)
    with pytest.raises(ChangedElsewhere):
        theirs.write(b"two", 0)
    assert theirs.read() == (b"one", 1)
    theirs.write(b"two", 1)
    assert mine.read() == (b"two", 2)


def test_other_drafts_of_a_customer_are_updated(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    twin = save_customer(store, Customer(name="Twin", email="old@twin.example"))
    first = save_draft(store, new_draft(store, TODAY, twin))
    typed = save_draft(store, replace(new_draft(store, TODAY, replace(twin, email="boss@twin.example"))))
    sent = issue_invoice(store, save_draft(store, new_draft(store, TODAY, twin)))
    save_customer(store, replace(twin, email="new@twin.example", address="2, rue Y"))

    assert get_invoice(store, first.id or 0).customer.email == "new@twin.example"
    assert get_invoice(store, first.id or 0).version == first.version + 1
    assert store.rows("SELECT 1 FROM invoice WHERE id = ? AND instr(folded, 'new@twin') > 0", first.id)
    assert get_invoice(store, typed.id or 0).customer.email == "boss@twin.example"
    assert get_invoice(store, typed.id or 0).customer.address == "2, rue Y"
    assert get_invoice(store, sent.id or 0).customer.email == "old@twin.example"
    with pytest.raises(ChangedElsewhere):
        save_draft(store, replace(first, reference="PO"))


def test_a_draft_has_the_rates_of_its_date(tmp_path: Path) -> None:
    # Canada Revenue Agency, Notice 342: HST in Nova Scotia is 15 % until 31 March 2025 and 14 % from 1 April 2025.
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), rates=preset_rates("CA-NS"), inclusive=True))
    line = (Line("Work", rate="100.00", tax="HST"),)
    draft = new_draft(store, date(2025, 3, 31))
    assert draft.inclusive
    draft = save_draft(store, replace(draft, lines=line, inclusive=False))
    assert draft.total.minor == 11500
    moved = save_draft(store, replace(draft, date=date(2025, 4, 1)), before=draft)
    assert (moved.total.minor, moved.rates[0].percent) == (11400, Decimal(14))
    assert get_invoice(store, moved.id or 0).rates == moved.rates
    issued = issue_invoice(store, save_draft(store, replace(moved, date=date(2025, 3, 31)), before=moved))
    assert issued.id is not None
    copy = copy_invoice(store, issued.id, date(2025, 6, 1))
    assert (issued.total.minor, copy.total.minor) == (11500, 11400)

    # A credit note has the rates of the invoice, today and after every change of the company's rates.
    credit = replace(new_draft(store, date(2025, 6, 1)), kind=InvoiceKind.CREDIT_NOTE, source_id=issued.id)
    credit = save_draft(store, replace(credit, lines=(replace(line[0], quantity="-1"),), inclusive=False))
    assert credit.total.minor == -11500
    credit = save_draft(store, replace(credit, date=date(2025, 7, 1)), before=credit)
    save_company(store, replace(read_company(store), rates=(TaxRate("HST", Decimal(20)),)))
    assert get_invoice(store, credit.id or 0).total.minor == -11500
    assert get_invoice(store, copy.id or 0).total.minor == 12000
    assert get_invoice(store, issued.id).total.minor == 11500
