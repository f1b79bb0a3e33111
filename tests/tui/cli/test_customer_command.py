"""Create and change a customer on the command line."""

import json
from pathlib import Path

import pytest

from facturier.models.books.contacts import Contact, Copy
from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer
from facturier.models.customers.saving import save_customer
from facturier.models.errors import InputError
from facturier.models.text.i18n import speak
from tests.tui.cli.running import run as run_verb
from tests.tui.support.sample import Shop


def run(shop: Shop, tmp_path: Path, *arguments: str) -> str:
    return run_verb(shop, tmp_path, "customer", *arguments)[1]


def test_a_customer_is_created_and_drafts_follow_a_change(shop: Shop, tmp_path: Path) -> None:
    said = run(
        *(
            shop,
            tmp_path,
            "Zoé & Fils",
            "--new",
            "--email",
            "zoe@fils.example",
            "--contact",
            "Zoé",
            "--street",
            "1 rue A",
        ),
        *("--city", "Québec", "--region", "QC", "--postcode", "G1R 4P3", "--country", "canada", "--language", "fr"),
        *("--terms", "2/10 net 30", "--tax", "gst", "--business-number", "123456782 RT0001", "--json"),
    )
    made = json.loads(said)
    assert made["address"] == "1 rue A\nQuébec QC  G1R 4P3"
    assert (made["email"], made["contact"], made["tax"], made["terms"]) == ("zoe@fils.example", "Zoé", "GST", 30)
    assert (made["terms_rule"], made["country"], made["business_number"]) == ("2/10", "CA", "123456782RT0001")
    assert "Terms             2/10 net 30\n" in run(shop, tmp_path, "zoé & fils")
    draft = shop.draft("Zoé & Fils")
    changed = json.loads(
        run(
            shop, tmp_path, "zoé & fils", "--email", "new@fils.example", "--rename", "Zoé inc.", "--terms", "", "--json"
        )
    )
    assert (changed["name"], changed["terms"], changed["terms_rule"]) == ("Zoé inc.", None, "")
    assert shop.invoice(draft.id).customer.email == "new@fils.example"
    with pytest.raises(InputError, match=r"A customer named “Zoé inc.” already exists"):
        run(shop, tmp_path, "Zoé inc.", "--new")
    run(shop, tmp_path, "Other", "--new")
    with pytest.raises(InputError, match="already exists"):
        run(shop, tmp_path, "Other", "--rename", "zoé inc.")
    with pytest.raises(InputError, match="is not an address"):
        run(shop, tmp_path, "Zoé inc.", "--cc", "nobody")
    assert "Tax               GST" in run(shop, tmp_path, "Zoé inc.")
    assert "Archived          Yes" in run(shop, tmp_path, "Other", "--archive")


def test_an_address_is_changed_without_losing_other_contacts(shop: Shop, tmp_path: Path) -> None:
    luc, ana = Contact("Luc", "luc@x.example"), Contact("Ana", "ana@x.example", "1", Copy.CC)
    known = save_customer(shop.store, Customer(name="X", contacts=(luc, ana)))
    run(shop, tmp_path, "X", "--email", "l@x.example", "--bcc", "copy@x.example")
    changed = get_customer(shop.store, known.id or 0)
    assert changed is not None
    assert changed.contacts == (
        Contact("Luc", "l@x.example"),
        ana,
        Contact("", "copy@x.example", "", Copy.BCC),
    )
    save_customer(shop.store, Customer(id=known.id, name="X", contacts=(luc, Contact("Zed", "zed@x.example"))))
    with pytest.raises(InputError, match="several contacts"):
        run(shop, tmp_path, "X", "--email", "one@x.example")


def test_the_reader_s_language_is_used(shop: Shop, tmp_path: Path) -> None:
    run(shop, tmp_path, "X", "--new", "--telephone", "514 555-0100")
    speak("fr")
    assert "Téléphone         514 555-0100" in run(shop, tmp_path, "X")
