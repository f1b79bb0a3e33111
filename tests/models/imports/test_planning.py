"""What an import would do, and that it does exactly that, once."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import all_customers, customer_named
from facturier.models.books.invoice import Customer, Item
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.imports.customer_values import customer_values
from facturier.models.imports.fields import Kind
from facturier.models.imports.importing import Import, plan_import, write_import
from facturier.models.imports.plan import Status
from facturier.models.imports.reading import read_source
from facturier.models.imports.row import Row
from facturier.models.items.items import all_items, save_item
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store.store import Store
from tests.models.making import new_company

HEADER = "Name,Contact,Email,Street,City,Country,Currency,Terms,Tax ID\n"
OWN = "name,email,terms,tax,business_number,qst_number,vat_id\n"  # as Facturier exports customers


def plan(store: Store, text: str, kind: Kind = Kind.CUSTOMERS, mapping: str = "") -> Import:
    return plan_import(store, read_source(text.encode(), "x.csv", kind, mapping))


def statuses(planned: Import) -> list[tuple[int, Status]]:
    return [(row.line, row.status) for row in planned.rows]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_company(tmp_path / "acme.facturier")


def test_rows_are_new_changed_unchanged_doubtful_duplicate_or_faulty(store: Store) -> None:
    save_customer(store, Customer(name="Same", email="a@same.example", street="1 Way", city="Laval"))
    save_customer(store, Customer(name="Moved", email="a@moved.example", street="1 Way", city="Laval"))
    save_customer(store, Customer(name="Elsewhere", email="old@else.example"))
    for _twice in range(2):
        save_customer(store, Customer(name="Twins"))
    text = HEADER + (
        "SAME,,A@same.example,1 Way,Laval,,,,\n"  # 2
        "Moved,,a@moved.example,2 Way,Laval,,,,\n"
        "New,Ann,new@new.example,,,,CAD,Net 30,\n"
        "Elsewhere,,new@else.example,,,,,,\n"  # 5
        "Other,,a@moved.example,,,,,,\n"
        "Twins,,,1 Way,,,,,\n"
        " new ,Bea,bea@new.example,,,,,,\n"  # 8
        "New,,new@new.example,,,,,,\n"
        "Third,,new@new.example,,,,,,\n"
        "Bad,,a@@b,1,,Nowhere,,soon,\n"  # 11
        ",,,2 Way,,,,,\n"
    )
    planned = plan(store, text)
    doubtful, duplicate, faulty = Status.DOUBTFUL, Status.DUPLICATE, Status.FAULTY
    assert statuses(planned) == [
        *((2, Status.UNCHANGED), (3, Status.CHANGED), (4, Status.NEW), (5, doubtful), (6, doubtful), (7, doubtful)),
        *((8, duplicate), (9, duplicate), (10, doubtful), (11, faulty), (12, faulty)),
    ]
    by_line = {one.line: one for one in planned.rows}
    assert by_line[3].changes == {"street": ("1 Way", "2 Way")}
    assert by_line[5].reasons == ("“Elsewhere” has the email address old@else.example.",)
    assert by_line[6].reasons == ("“Moved” has this email address.",)
    assert by_line[7].reasons == ("2 customers have the name “Twins”.",)
    assert by_line[7].after is None
    assert by_line[8].reasons == ("Same customer as in line 4: the address becomes a further contact.",)
    assert by_line[10].reasons == ("Line 4 has the same email address.",)
    assert [reason.split(":")[0] for reason in by_line[11].reasons] == ["Country", "Terms", "Email"]


def test_all_is_written_or_nothing_and_a_second_import_changes_nothing(store: Store) -> None:
    good = HEADER + (
        "Acme,Ann,ann@acme.example,1 Way,Laval,Canada,USD,Net 15,\nAcme,Bob,bob@acme.example,,,,,,\nLtd,,,,,,CAD,,\n"
    )
    bad = plan(store, good + "Bad,,a@@b,,,,,,\n")
    with pytest.raises(InputError, match="1 row has faults"):
        write_import(store, bad)
    assert all_customers(store) == []
    assert write_import(store, bad, skip_faulty=True).count == 2
    acme = customer_named(store, "acme")
    assert acme is not None
    assert (acme.contact, acme.email, acme.currency, acme.terms) == ("Ann", "ann@acme.example", "USD", 15)
    assert acme.contacts == (
        Contact("Ann", "ann@acme.example"),
        Contact("Bob", "bob@acme.example", copy=Copy.NONE),
    )
    assert acme.address == "1 Way\nLaval"
    assert acme.country == "CA"
    again = plan(store, good)
    assert [one.status for one in again.rows] == [Status.UNCHANGED, Status.DUPLICATE, Status.UNCHANGED]
    before = all_customers(store)
    assert write_import(store, again).count == 0
    assert all_customers(store) == before


def test_doubtful_rows_are_written_on_request_and_others_are_left_out(store: Store) -> None:
    save_customer(
        store, Customer(name="Acme", contacts=(Contact("Ann", "old@acme.example"), Contact("Bob", "b@x.example")))
    )
    text = HEADER + "Acme,,new@acme.example,,,,,,\nOther,,b@x.example,,,,,,\nNew,,n@x.example,,,,,,\n"
    planned = plan(store, text)
    assert write_import(store, planned, left_out=[4]).count == 0
    assert write_import(store, planned, doubtful=[2, 3], left_out=[4]).count == 2
    assert [(one.name, one.email) for one in all_customers(store)] == [
        ("Acme", "new@acme.example, b@x.example"),
        ("Other", "b@x.example"),
    ]
    assert statuses(plan(store, text)) == [(2, Status.UNCHANGED), (3, Status.UNCHANGED), (4, Status.NEW)]
    # What another window saved after the preview is not overwritten.
    stale = plan(store, text)
    save_customer(store, Customer(name="New", email="theirs@x.example"))
    with pytest.raises(ChangedElsewhere):
        write_import(store, stale)


def test_items_are_planned_and_written(store: Store) -> None:
    save_item(store, Item("Hour", "An hour", "100", sku="H1"))
    save_item(store, Item("Kept", rate="120.50"))
    text = "Product/Service Name,Sales Description,SKU,Sales Price / Rate,Unit\n" + (
        "hour,An hour,h1,120.00,hours\n"
        'Travel,"By car,\nper km",T1,$0.68,km\n'
        "Day,A day,H1,800,day\n"  # 5: the SKU of another item
        "Float,,,9.779999999999999,\n"
        "Kept,,,120.5,\n"
    )
    planned = plan(store, text, Kind.ITEMS)
    assert statuses(planned) == [
        *((2, Status.CHANGED), (3, Status.NEW), (5, Status.DOUBTFUL), (6, Status.NEW)),
        (7, Status.UNCHANGED),
    ]
    assert planned.rows[2].reasons == ("“Hour” has the SKU H1.",)
    assert write_import(store, planned).count == 3
    assert {(one.name, one.rate, one.unit, one.description) for one in all_items(store)} == {
        ("Hour", "120", "HUR", "An hour"),
        ("Travel", "0.68", "KMT", "By car,\nper km"),
        ("Float", "9.78", "", ""),
        ("Kept", "120.50", "", ""),
    }
    assert [one.status for one in plan(store, text, Kind.ITEMS).rows] == [
        *(Status.UNCHANGED, Status.UNCHANGED, Status.DOUBTFUL, Status.UNCHANGED, Status.UNCHANGED),
    ]
    bad = plan(store, 'Item,Rate,Tax\nA,"1,234",\nB,many,\nC,5,NONE\n,3,\n', Kind.ITEMS, "tax=Tax").rows
    assert [one.status for one in bad] == [Status.FAULTY] * 4
    assert "can mean two numbers" in bad[0].reasons[0]


def test_taxes_of_an_own_export_are_those_of_the_company(store: Store) -> None:
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(5)),)))
    planned = plan(store, OWN + "Acme,,30,gst,,,\nBad,,,,123456789,12,\nTaxed,,,VAT,,,\n")
    assert planned.source.layout == "Facturier"
    assert [row.status for row in planned.rows] == [Status.NEW, Status.FAULTY, Status.FAULTY]
    acme = planned.rows[0].after
    assert acme is not None
    assert acme.tax == "GST"
    assert [reason.split(":")[0] for reason in planned.rows[1].reasons] == ["Business number", "QST number"]
    assert planned.rows[2].reasons == ("Tax: Unknown tax “VAT”. Known taxes: GST.",)


def test_drafts_follow_an_imported_change(store: Store) -> None:
    from datetime import date

    from facturier.models.books.invoices import get_invoice
    from facturier.models.drafts.drafts import new_draft, save_draft

    customer = save_customer(store, Customer(name="Acme", email="a@acme.example", contact="Ann"))
    draft = save_draft(store, replace(new_draft(store, date(2026, 11, 24), customer)))
    text = HEADER + "Acme,Bea,a@acme.example,,,,,,\n"
    write_import(store, plan(store, text))
    assert draft.id is not None
    assert get_invoice(store, draft.id).customer.contact == "Bea"


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Acme", "ACME", "Îles", "Iles", "Zoe"]),
        st.sampled_from(["", "Ann", "Bob"]),
        st.sampled_from(["", "a@x.example", "A@x.example", "b@x.example", "a@x.example; c@x.example"]),
        st.sampled_from(["", "1 Way", "2 Way"]),
        st.sampled_from(["", "CAD", "USD"]),
    ),
    max_size=6,
)


@settings(max_examples=20)
@given(_ROWS, _ROWS)
def test_what_was_imported_is_never_new_or_changed_again(
    tmp_path_factory: pytest.TempPathFactory, before: list[tuple[str, ...]], rows: list[tuple[str, ...]]
) -> None:
    store = new_company(tmp_path_factory.mktemp("acme") / "acme.facturier")
    for name, contact, email, *_rest in before:
        save_customer(store, Customer(name=name, contact=contact, email=email.replace(";", ",")))
    text = HEADER + "".join(
        f"{name},{contact},{email},{street},,,{currency},,\n" for name, contact, email, street, currency in rows
    )
    planned = plan(store, text)
    write_import(store, planned, doubtful=[row.line for row in planned.rows])
    again = plan(store, text)
    assert {row.status for row in again.rows} <= {Status.UNCHANGED, Status.DUPLICATE, Status.DOUBTFUL}


def test_an_address_beside_a_city_is_the_street(store: Store) -> None:
    text = (
        'Name,Address,City,Province,Postal code\nElgin,1 Elgin St,Ottawa,ON,K1P 5N7\nFree,"2 Way\nLaval",,,\n'
        "Code,3 Way,,,H7A 1A1\n"
    )
    assert write_import(store, plan(store, text)).count == 3
    found = {one.name: one for one in all_customers(store)}
    assert (found["Elgin"].street, found["Elgin"].address) == ("1 Elgin St", "1 Elgin St\nOttawa ON  K1P 5N7")
    assert (found["Free"].street, found["Free"].address) == ("", "2 Way\nLaval")
    assert (found["Code"].street, found["Code"].address) == ("3 Way", "3 Way\nH7A 1A1")
    assert {row.status for row in plan(store, text).rows} == {Status.UNCHANGED}


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("9 Bank Street", "9 Bank Street"),
        ("9 Bank Street\nOttawa ON  K1P 5N7", "9 Bank Street"),
        ("9 Ottawa Street, Ottawa", "9 Ottawa Street"),
        ("Ottawa", ""),
    ],
)
def test_an_address_beside_its_city_is_the_street(address: str, street: str) -> None:
    values = customer_values(Row(2, {"name": "A", "address": address, "city": "Ottawa", "postcode": "K1P 5N7"}))
    assert values.fields.get("street", "") == street
    assert "address" not in values.fields


def test_a_double_space_in_a_name_is_not_another_customer(store: Store) -> None:
    text = "Name,Email\nTwin  Five,a@x.example\nTwin Five,b@x.example\n"
    planned = plan(store, text)
    assert statuses(planned) == [(2, Status.NEW), (3, Status.DUPLICATE)]
    write_import(store, planned)
    assert [customer.name for customer in all_customers(store)] == ["Twin Five"]
    assert {row.status for row in plan(store, text).rows} <= {Status.UNCHANGED, Status.DUPLICATE}
