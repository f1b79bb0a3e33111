"""Customers in full: contacts, addresses, archive, deletion, duplicates, merging and what they owe."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import contacts_of, customer_named, find_customers, get_customer
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import count_customer_entries, read_customer_journal, read_journal
from facturier.models.books.status import State
from facturier.models.chasing.silence import are_off_for, turn_customer
from facturier.models.customers.customer_list import CustomerSort, customer_ids, customer_rows, in_order
from facturier.models.customers.figures import Balance, Figures, read_figures
from facturier.models.customers.history import invoice_ids
from facturier.models.customers.merge import duplicates, merge_customers
from facturier.models.customers.saving import keep_email, save_customer
from facturier.models.customers.upkeep import archive_customer, delete_customer, restore_customer
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.draft_json import read_draft
from facturier.models.drafts.drafts import copy_invoice, new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, InputError, StoreError
from facturier.models.imports.fields import Kind
from facturier.models.imports.importing import plan_import, write_import
from facturier.models.imports.reading import read_source
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.payments.payments import record_payment
from facturier.models.settings.line import Line
from facturier.models.store.store import Store
from facturier.tui.words.journal import journal_words
from tests.models.making import TODAY, a_draft, a_store, in_state, queue

FULL = Customer(
    name="Zénith",
    telephone="514 555-0100",
    contacts=(
        Contact("Zoé", "zoe@zenith.example", "514 555-0101"),
        Contact("", "compta@zenith.example, paie@zenith.example", "", Copy.CC),
        Contact("Luc", "luc@zenith.example", "", Copy.BCC),
        Contact("Ann", "ann@zenith.example", "", Copy.NONE),
    ),
    street="10 Rue Bleue",
    city="Montréal",
    region="QC",
    postcode="H2X 1Y4",
    country="CA",
    ship_to="Quai 4",
    business_number="123026635RT0001",
    qst_number="1234567890TQ0001",
    notes="Pays late",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def draft(store: Store, customer: Customer, rate: str = "100", currency: str = "CAD", days: int = 30) -> Invoice:
    made = new_draft(store, TODAY, customer)
    return save_draft(
        store, replace(made, lines=(Line("x", rate=rate),), currency=currency, due=TODAY + timedelta(days), terms=days)
    )


def test_what_an_invoice_copies_comes_from_the_contacts_and_the_address(store: Store) -> None:
    kept = save_customer(store, FULL)
    assert kept.id is not None
    assert get_customer(store, kept.id) == kept
    assert (kept.contact, kept.email) == ("Zoé", "zoe@zenith.example")
    assert (kept.cc, kept.bcc) == ("compta@zenith.example, paie@zenith.example", "luc@zenith.example")
    assert kept.address == "10 Rue Bleue\nMontréal QC  H2X 1Y4"
    for text in ("ann@zen", "514 555-0101", "0100", "ZOE"):
        assert [found.id for found in find_customers(store, text)] == [kept.id]

    # A draft follows the contacts, the address and the place to ship to, except what was changed in the draft itself.
    first, second = draft(store, kept), draft(store, kept)
    second = save_draft(store, replace(second, ship_to="Elsewhere"))
    save_customer(
        store, replace(kept, contacts=(Contact("Max", "max@zenith.example"),), city="Laval", ship_to="Quai 5")
    )
    follower = get_invoice(store, first.id or 0)
    assert follower.customer.email == "max@zenith.example"
    assert follower.customer.address == "10 Rue Bleue\nLaval QC  H2X 1Y4"
    assert (follower.customer.cc, follower.ship_to) == ("", "Quai 5")
    assert get_invoice(store, second.id or 0).ship_to == "Elsewhere"


def test_an_address_typed_on_an_invoice_is_saved_for_a_customer_who_has_none(store: Store) -> None:
    kept = save_customer(
        store, Customer(name="Zénith", contacts=(Contact(email="c@z.example", copy=Copy.CC), Contact("Zoé")))
    )
    typed = replace(kept, email="Zoé <zoe@z.example>")
    assert keep_email(store, replace(typed, email="zoe")) == ""
    assert keep_email(store, replace(typed, id=None)) == ""
    assert keep_email(store, typed) == "zoe@z.example"
    now = get_customer(store, kept.id or 0)
    assert now is not None
    assert (now.contact, now.email, now.cc) == ("Zoé", "zoe@z.example", "c@z.example")
    assert now.contacts == (Contact(email="c@z.example", copy=Copy.CC), Contact("Zoé", "zoe@z.example"))
    assert keep_email(store, replace(typed, email="other@z.example")) == ""  # it has one now
    alone = save_customer(store, Customer(name="Alone"))
    assert keep_email(store, replace(alone, email="a@z.example, b@z.example")) == "a@z.example, b@z.example"
    assert [one.email for one in find_customers(store, "alone")] == ["a@z.example, b@z.example"]


def test_an_issued_invoice_keeps_the_vat_id_and_drafts_follow_the_customer(store: Store) -> None:
    old, new = "FR40303265045", "DE136695976"
    kept = save_customer(store, replace(FULL, vat_id=old))
    issued = issue_invoice(store, draft(store, kept))
    following, unsent = draft(store, kept), queue(store, invoice=draft(store, kept))
    credit = credit_invoice(store, issued.id or 0, TODAY)
    kept = save_customer(store, replace(kept, vat_id=new))
    assert cancel_delivery(store, unsent.id)  # a draft again
    copy = copy_invoice(store, issued.id or 0, TODAY)
    ids = (issued.id, credit.id, following.id, unsent.invoice_id, copy.id)
    assert [get_invoice(store, id_ or 0).customer.vat_id for id_ in ids] == [old, old, new, new, new]
    # A merge changes the drafts only, too.
    other = save_customer(store, Customer(name="Other", vat_id="ATU13585627"))
    merge_customers(store, other.id or 0, kept.id or 0)
    assert [get_invoice(store, id_ or 0).customer.vat_id for id_ in ids] == [old, old, *["ATU13585627"] * 3]


def test_two_windows_that_edit_one_customer_lose_nothing(store: Store) -> None:
    seen = save_customer(store, FULL)
    entered = replace(seen, contact="", email="", cc="", bcc="")  # as the form has it
    theirs = replace(seen, contacts=(Contact("Zoé", "new@zenith.example"),), archived=True)
    save_customer(store, theirs, seen=seen)
    mine = save_customer(store, replace(entered, telephone="514 555-0199"), seen=seen)
    assert mine == get_customer(store, seen.id or 0)
    assert (mine.email, mine.telephone, mine.archived) == ("new@zenith.example", "514 555-0199", True)
    # The same field cannot have both.
    with pytest.raises(ChangedElsewhere, match="in another window"):
        save_customer(store, replace(entered, contacts=(Contact("Luc", "luc@zenith.example"),)), seen=seen)
    with pytest.raises(ChangedElsewhere):
        save_customer(store, replace(entered, telephone="514 555-0111"), seen=seen)
    assert get_customer(store, seen.id or 0) == mine
    other = save_customer(store, Customer(name="Other"))
    merge_customers(store, other.id or 0, seen.id or 0)
    with pytest.raises(ChangedElsewhere, match="deleted or merged"):
        save_customer(store, replace(entered, notes="Call first"), seen=seen)


def test_what_another_window_has_of_a_merged_customer_does_not_reach_a_new_one(store: Store) -> None:
    kept, merged = save_customer(store, Customer(name="Kept")), save_customer(store, Customer(name="Merged"))
    draft = replace(new_draft(store, TODAY, merged), lines=(Line("Work", rate="5"),))
    merge_customers(store, kept.id or 0, merged.id or 0)
    new = save_customer(store, Customer(name="New", email="new@client.example"))
    assert new.id not in (kept.id, merged.id)
    with pytest.raises(ChangedElsewhere, match="“Merged” was deleted or merged"):
        save_draft(store, draft)
    assert save_draft(store, replace(draft, customer=kept)).customer.name == "Kept"


def test_a_customer_from_before_keeps_its_texts(store: Store) -> None:
    old = save_customer(
        store, Customer(name="Old", contact="Ann", email="a@x.example, b@x.example", cc="c@x.example", address="1 A")
    )
    assert contacts_of(old) == (
        Contact("Ann", "a@x.example, b@x.example"),
        Contact("", "c@x.example", "", Copy.CC),
    )
    again = save_customer(store, replace(old, contacts=contacts_of(old), country="FR"))
    assert replace(again, contacts=(), country="") == old


def test_draft_json_takes_every_field_of_a_customer(store: Store) -> None:
    fields = {
        "name": "New",
        "contacts": [{"name": "Ann", "email": "ann@x.example"}, {"email": "cc@x.example", "copy": "cc"}],
        "street": "5 rue Monge",
        "city": "Paris",
        "postcode": "75005",
        "country": "France",
        "terms": 15,
        "ship_to": "Dock\n4",
        "vat_id": "FR 40 303 265 045",
        "notes": "n",
        "telephone": "1",
        "language": "fr",
    }
    made = read_draft(store, {"customer": fields, "lines": [{"rate": "1"}]}, TODAY)
    kept = customer_named(store, "new")
    assert kept is not None
    assert (kept.vat_id, kept.country, kept.terms, kept.cc) == (
        "FR40303265045",
        "FR",
        15,
        "cc@x.example",
    )
    draft = save_draft(store, made)
    assert get_invoice(store, draft.id or 0).customer.vat_id == "FR40303265045"
    assert (made.customer.address, made.ship_to, made.terms) == ("5 rue Monge\n75005 Paris\nFrance", "Dock\n4", 15)
    # For a known customer, it is said for this draft only.
    again = {"name": "New", "contacts": [{"email": "once@x.example"}], "city": "Lyon"}
    made = read_draft(store, {"customer": again, "lines": [{"rate": "1"}], "ship_to": ""}, TODAY)
    assert (made.customer.email, made.ship_to) == ("once@x.example", "")
    assert made.customer.address == "5 rue Monge\n75005 Lyon\nFrance"
    assert customer_named(store, "new") == kept
    for wrong in (
        {"vat_id": "DE1"},
        {"country": "Atlantis"},
        {"contacts": [{"mail": "x"}]},
        {"contacts": [{"copy": "fax"}]},
        {"contacts": [{"email": "a@"}]},
        {"contacts": "a"},
        {"tax": "XYZ"},
    ):
        with pytest.raises(InputError):
            read_draft(store, {"customer": {"name": "Wrong"} | wrong, "lines": [{"rate": "1"}]}, TODAY)


def test_an_archived_customer_is_not_proposed_and_only_an_unused_one_is_deleted(store: Store) -> None:
    used, unused = (save_customer(store, Customer(name=name)) for name in ("Used", "Unused"))
    draft(store, used)
    with pytest.raises(StoreError, match="has invoices"):
        delete_customer(store, used.id or 0)
    archive_customer(store, used.id or 0)
    assert [found.name for found in find_customers(store)] == ["Unused"]
    assert customer_named(store, "used") == replace(used, archived=True)
    assert customer_ids(store) == [unused.id]
    assert customer_ids(store, archived=True) == [unused.id, used.id]
    archive_customer(store, used.id or 0, archived=False)
    delete_customer(store, unused.id or 0)
    assert customer_ids(store) == [used.id]
    with pytest.raises(InputError, match="deleted or merged"):
        archive_customer(store, unused.id or 0)
    kinds = [entry.kind for entry in read_customer_journal(store, used.id or 0)]
    assert kinds == ["customer_created", "customer_archived", "customer_restored"]
    assert read_journal(store)[-1].kind == "customer_deleted"
    # Restored as it was, with its history.
    turn_customer(store, used.id or 0, off=True)
    third = save_customer(store, Customer(name="Third", notes="Pays late"))
    delete_customer(store, third.id or 0)
    assert save_customer(store, Customer(name="Fourth")).id != third.id
    assert restore_customer(store, third, reminders_off=True) == third
    assert get_customer(store, third.id or 0) == third
    assert are_off_for(store, third.id or 0)
    assert customer_ids(store, "third") == [third.id]
    assert [entry.kind for entry in read_customer_journal(store, third.id or 0)] == ["customer_created"]
    assert [entry.kind for entry in read_journal(store)[-2:]] == ["customer_deleted", "customer_undeleted"]
    assert restore_customer(store, used).id not in (used.id, None)  # its id is another customer's


def test_the_history_of_a_customer_says_what_changed_and_what_was_merged_or_imported(store: Store) -> None:
    zoe = save_customer(store, FULL)
    other, third = (save_customer(store, Customer(name=name)) for name in ("Zenith inc.", "Zenith ltd."))
    save_customer(store, replace(zoe, street="3, rue Z", notes="Never late"))
    save_customer(store, replace(third, telephone="418"), imported_from="book.csv")
    merge_customers(store, other.id or 0, third.id or 0)
    merge_customers(store, zoe.id or 0, other.id or 0)
    draft(store, zoe)  # changes nothing of the customer
    entries = read_customer_journal(store, zoe.id or 0)
    assert count_customer_entries(store, zoe.id or 0) == len(entries)
    assert [journal_words(entry) for entry in entries] == [
        "Customer created",
        "Customer created",
        "Customer created",
        "Customer changed: Address, Notes",
        "Customer changed by an import from “book.csv”: Telephone",
        "Customer changed: Telephone",
        "Customer “Zenith ltd.” merged into “Zenith inc.”",
        "Customer “Zenith inc.” merged into “Zénith”",
    ]
    source = read_source(b"name,email\nAcme,a@acme.example\n", "new.csv", Kind.CUSTOMERS)
    write_import(store, plan_import(store, source))
    acme = customer_named(store, "Acme")
    assert acme is not None
    assert [journal_words(entry) for entry in read_customer_journal(store, acme.id or 0)] == [
        "Customer imported from “new.csv”"
    ]


def test_merged_customers_have_their_invoices_together_and_issued_ones_keep_what_they_printed(store: Store) -> None:
    kept = save_customer(store, replace(FULL, ship_to="", telephone=""))
    other = save_customer(
        store,
        Customer(name="Zenith inc.", contact="Bob", email="bob@zenith.example", telephone="418", address="old"),
    )
    issued = issue_invoice(store, draft(store, other))
    plain, changed = draft(store, other), draft(store, other)
    save_draft(store, replace(changed, customer=replace(changed.customer, email="typed@zenith.example")))
    before = get_invoice(store, issued.id or 0)

    merged = merge_customers(store, kept.id or 0, other.id or 0)
    after = get_invoice(store, issued.id or 0)
    assert after == replace(before, customer=replace(before.customer, id=kept.id))
    assert get_invoice(store, plain.id or 0).customer.email == "zoe@zenith.example"
    assert get_invoice(store, plain.id or 0).customer.name == "Zénith"
    assert get_invoice(store, changed.id or 0).customer.email == "typed@zenith.example"
    assert get_invoice(store, changed.id or 0).customer.address == kept.address
    assert get_customer(store, other.id or 0) is None
    # What only the other one had is kept; nobody gets invoices who did not get them before.
    assert (merged.telephone, merged.email, merged.address) == ("418", kept.email, kept.address)
    assert merged.contacts[-1] == Contact("Bob", "bob@zenith.example", "", Copy.NONE)
    assert journal_words(read_journal(store, issued.id)[-1]) == "Customer “Zenith inc.” merged into “Zénith”"
    assert read_journal(store)[-1].kind == "customer_merged"
    with pytest.raises(InputError, match="different"):
        merge_customers(store, kept.id or 0, kept.id or 0)


def test_reminders_that_were_off_stay_off_after_a_merge(store: Store) -> None:
    kept, other = (save_customer(store, Customer(name=name)) for name in ("Zénith", "Zenith inc."))
    turn_customer(store, other.id or 0, off=True)
    merge_customers(store, kept.id or 0, other.id or 0)
    assert are_off_for(store, kept.id or 0)
    assert "customer_reminders_off" in [entry.kind for entry in read_customer_journal(store, kept.id or 0)]


def test_a_merge_that_fails_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, other = (save_customer(store, Customer(name=name, notes=name)) for name in ("One", "Two"))
    first = draft(store, other)

    def fail(*_arguments: object) -> None:
        raise StoreError("no")

    monkeypatch.setattr("facturier.models.customers.merge._give_draft", fail)
    with pytest.raises(StoreError):
        merge_customers(store, kept.id or 0, other.id or 0)
    assert get_customer(store, kept.id or 0) == kept
    assert get_invoice(store, first.id or 0).customer.id == other.id


def test_duplicates_have_one_name_or_an_address_in_common(store: Store) -> None:
    made = [
        save_customer(store, Customer(name=name, email=email)).id
        for name, email in (
            ("Île & Fils", "a@ile.example"),
            ("Someone", "s@x.example"),
            ("ILE & FILS", ""),
            ("Other", "Bob <B@ile.example>, c@ile.example"),
            ("Third", "b@ILE.example"),
            ("No address", ""),
        )
    ]
    assert duplicates(store) == [(made[0], made[2]), (made[3], made[4])]


def test_the_last_invoice_of_a_customer_is_the_one_with_the_latest_date(store: Store) -> None:
    mine, other = (save_customer(store, Customer(name=name)) for name in ("A", "B"))
    issue_invoice(store, draft(store, mine, "10"))
    issue_invoice(store, save_draft(store, replace(draft(store, mine, "20"), date=TODAY - timedelta(days=90))))
    issue_invoice(store, save_draft(store, replace(draft(store, other, "30"), date=TODAY - timedelta(days=30))))
    figures = read_figures(store, TODAY)
    assert [figures[one.id or 0].last for one in (mine, other)] == [TODAY, TODAY - timedelta(days=30)]
    assert read_figures(store, TODAY, mine.id)[mine.id or 0].last == TODAY


def test_what_customers_owe_is_kept_apart_by_currency(store: Store) -> None:
    owes, euro, paid, none = (save_customer(store, Customer(name=name)) for name in ("B", "C", "A", "D"))
    issue_invoice(store, draft(store, owes, "100"))
    issue_invoice(store, draft(store, owes, "50", "EUR"))
    issue_invoice(store, draft(store, euro, "900", "EUR"))
    over = issue_invoice(store, draft(store, paid, "10"))
    record_payment(store, over.id or 0, TODAY, 1500)
    draft(store, none, "10")
    in_state(store, State.SENT, invoice=draft(store, none, "7", days=5))
    late = read_figures(store, TODAY + timedelta(days=6))
    assert late[none.id or 0].balances == (Balance("CAD", 700, 700),)
    assert late[owes.id or 0].balances[0] == Balance("CAD", 10000, not_sent=10000)
    figures = read_figures(store, TODAY)
    assert figures[owes.id or 0] == Figures((Balance("CAD", 10000, 0, 10000), Balance("EUR", 5000, 0, 5000)), TODAY)
    assert figures[paid.id or 0] == Figures((Balance("CAD", -500, credit=500),), TODAY)
    assert figures[none.id or 0] == Figures((Balance("CAD", 700, 0),), TODAY)
    assert read_figures(store, TODAY, owes.id) == {owes.id: figures[owes.id or 0]}

    ids = customer_ids(store)
    assert [row.name for row in customer_rows(store, ids)] == ["B", "C", "A", "D"]  # in no order

    def names(sort: CustomerSort, *, descending: bool = True) -> str:
        rows = {row.id: row.name for row in customer_rows(store, ids)}
        return "".join(rows[found] for found in in_order(ids, figures, sort, "CAD", descending=descending))

    assert names(CustomerSort.NAME, descending=False) == "ABCD"
    assert names(CustomerSort.NAME) == "DCBA"
    assert names(CustomerSort.OWED) == "BDCA"
    assert names(CustomerSort.LAST) == "ABCD"
    assert names(CustomerSort.LAST, descending=False) == "ABCD"


def test_the_invoices_of_a_customer_are_listed_by_date(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first = save_draft(store, a_draft(store))  # with its customer
    earlier = save_draft(store, replace(first, id=None, version=0, date=first.date - timedelta(90)))
    assert invoice_ids(store, first.customer.id or 0) == [first.id, earlier.id]
