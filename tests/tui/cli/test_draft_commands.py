"""Duplicate, delete and void invoices on the command line, and read their history there."""

import json
from pathlib import Path

import pytest

from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, ByHand
from facturier.models.errors import NoSuchInvoice
from facturier.models.issuing.by_hand import mark_sent
from facturier.tui.terminal.exit_status import DONE, REFUSED
from tests.tui.cli.running import run
from tests.tui.support.sample import Shop


def test_a_duplicate_has_the_lines_and_the_date_of_today(shop: Shop, tmp_path: Path) -> None:
    issued = shop.issued(rate="80", day=shop.today.replace(day=1))
    status, said, _told = run(shop, tmp_path, "duplicate", "1001", "--json")
    [made] = json.loads(said)
    assert (status, made["source"], made["total_text"]) == (DONE, issued.id, "84.00")
    draft = get_invoice(shop.store, made["id"])
    assert (draft.book_status, draft.date, draft.lines) == (BookStatus.DRAFT, shop.today, issued.lines)
    assert run(shop, tmp_path, "duplicate", "1001")[1] == "@3: draft for Boulangerie Tremblay, CAD 84.00.\n"


def test_only_drafts_are_deleted(shop: Shop, tmp_path: Path) -> None:
    shop.issued(), shop.draft()
    status, said, told = run(shop, tmp_path, "delete", "1001", "@2", "@2")
    assert (status, said) == (REFUSED, "@2: deleted.\n")
    assert "1001: Invoice 1001 has been issued." in told
    with pytest.raises(NoSuchInvoice):
        get_invoice(shop.store, 2)
    assert json.loads(run(shop, tmp_path, "delete", "@7", "--json")[1]) == []


def test_an_invoice_that_the_customer_has_is_not_voided(shop: Shop, tmp_path: Path) -> None:
    first, second = shop.issued(), shop.issued()
    assert second.id is not None
    mark_sent(shop.store, second.id, ByHand.PAPER, "By post")
    status, said, told = run(shop, tmp_path, "void", "1001", "1002", "--reason", "Wrong customer", "--json")
    assert (status, json.loads(said)) == (REFUSED, [{"id": first.id, "number": "1001", "status": "void"}])
    assert "1002: Invoice 1002 cannot be voided. Nothing was changed. The customer has it." in told
    history = run(shop, tmp_path, "show", "1001")[1].splitlines()[-3:]
    assert [line.split("  ")[-1] for line in history] == [
        "Draft created",
        "Issued as 1001",
        "Voided: Wrong customer",
    ]


def test_the_template_of_a_schedule_is_no_invoice(shop: Shop, tmp_path: Path) -> None:
    shop.issued()
    [created] = json.loads(run(shop, tmp_path, "recurring", "create", "1001", "--every", "month", "--json")[1])
    template = f"@{created['template']}"
    for verb in ("delete", "duplicate", "send"):
        status, said, told = run(shop, tmp_path, verb, template)
        assert (status, said) == (REFUSED, "")
        assert f"{template} is the template of recurring invoices." in told
    with pytest.raises(NoSuchInvoice, match="is the template"):
        run(shop, tmp_path, "show", template)
    assert len(json.loads(run(shop, tmp_path, "recurring", "--json")[1])) == 1
    assert run(shop, tmp_path, "attach", template, __file__)[0] == DONE
