"""The screen of an issued invoice: what it shows at any size, and what its keys do."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.changes.outcomes import refused
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.deliveries import deliveries_of, get_delivery, message_of
from facturier.models.outbox.delivery import Claim, Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.payments.payments import payments_of, record_payment
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.save_as import SaveAsScreen
from facturier.tui.screens.invoice.payments.payment import PaymentScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.widgets.inputs.fields import Field
from tests.tui.support.sample import OWNER, Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


def lines_of(app: FacturierApp) -> list[str]:
    return [" ".join(line.split()) for line in text_of(app).split("\n")]


def detailed(shop: Shop) -> int:
    """Return an invoice with all fields filled in, and a payment."""
    customer = Customer(
        name="Atelier Côté", contact="Luc Côté", email="luc@cote.example", address="8 rue du Four\nQuébec QC"
    )
    draft = replace(
        shop.draft(),
        customer=customer,
        reference="PO 4411",
        project="Shop [front]",
        lines=(Line("Design\nof the counter", "Design", "2", "1250.5", "GST"), Line("Travel", "", "1", "80", "")),
    )
    invoice = issue_invoice(shop.store, save_draft(shop.store, draft))
    assert invoice.id is not None
    record_payment(shop.store, invoice.id, shop.today, 50000, "cheque 17")
    return invoice.id


async def test_the_invoice_is_shown_at_every_size(shop: Shop) -> None:
    invoice_id = detailed(shop)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 30)) as pilot:
        await app.push_screen(InvoiceScreen(shop.ws, invoice_id))
        await sees(pilot, "History")
        shown = "\n".join(lines_of(app))
        for words in (
            "Invoice 1001 for Atelier Côté ○ Not sent partly paid",
            "Atelier Côté Balance CAD 2,206.05",
            "luc@cote.example",
            "Québec QC",
            "PO number PO 4411",
            "Project Shop [front]",
            "Description Qty Rate Tax Amount",
            "Design 2 1,250.50 GST 2,501.00",
            "of the counter",
            "Travel 1 80.00 80.00",
            "Subtotal 2,581.00",
            "GST 5% on 2,501.00 125.05",
            "Total CAD 2,706.05",
            "Payments received -500.00",
            "Balance CAD 2,206.05",
            "Deliveries Not sent yet.",
            "CAD 500.00 cheque 17",
            "History 3 entries · h shows them",
        ):
            assert words in shown
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: any("Deliveries" in line and "Atelier Côté" in line for line in lines_of(app)))
        await pilot.press("h")  # shows the history, latest first
        await until(pilot, lambda: "Payment of CAD 500.00 (cheque 17)" in "\n".join(lines_of(app)))
        await until(pilot, lambda: text_of(app).index("Payment of CAD") < text_of(app).index("Issued as 1001"))
        await pilot.press("h")
        await sees(pilot, "3 entries")
        await pilot.resize_terminal(40, 20)
        await until(pilot, lambda: "1001 ○ Not sent" in lines_of(app))
        await until(pilot, lambda: "Balance CAD 2,206.05 partly paid" in lines_of(app))
        await until(pilot, lambda: "Design 2,501.00" in lines_of(app))
        await until(pilot, lambda: "2 × 1,250.50 GST" in lines_of(app))
        await pilot.press("G")
        await until(pilot, lambda: "History 3 entries · h shows them" in lines_of(app))
        await pilot.press("ctrl+u")
        await until(pilot, lambda: "luc@cote.example" in lines_of(app))
        await pilot.press("g")
        await until(pilot, lambda: "Balance CAD 2,206.05 partly paid" in lines_of(app))
        await pilot.press("escape")
        await app.push_screen(InvoiceScreen(shop.ws, 99))
        await sees(pilot, "Cannot find invoice @99")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))


async def test_a_failure_is_explained_once_and_a_failed_copy_leaves_the_invoice_sent(shop: Shop) -> None:
    failed = shop.failed()
    sent = shop.sent()
    envelope = Envelope("hello@acme.example", ("typo@tremblay.example",))
    invoice = shop.invoice(sent.invoice_id)
    number = invoice.number or ""
    now = shop.store.clock()
    queue_delivery(
        shop.store, invoice, number, SenderKind.DEFAULT, envelope, "Again", message_of(shop.store, sent.id), now
    )
    claimed = claim_next(shop.store, OWNER)
    assert claimed is not None
    refused(shop.store, Claim(claimed.id, OWNER, claimed.epoch), "550 Unknown", todo="Check the address.")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 30)) as pilot:
        await app.push_screen(InvoiceScreen(shop.ws, failed.invoice_id))
        await sees(pilot, "✗ Failed")
        await until(pilot, lambda: text_of(app).count("550 No such user [here]") == 1)
        await until(pilot, lambda: text_of(app).count("send it again") == 1)
        await pilot.press("d", "y")
        await sees(pilot, "Alert dismissed.")
        await until(pilot, lambda: text_of(app).count("550 No such user [here]") == 1)  # now next to the delivery
        await pilot.press("escape")
        await app.push_screen(InvoiceScreen(shop.ws, sent.invoice_id))
        await sees(pilot, "A copy of invoice 1002 was not sent")
        await until(pilot, lambda: "✓ Sent" in lines_of(app)[0])
        await sees(pilot, "Only this copy failed")
        await until(
            pilot,
            lambda: any(line.startswith("✗ Failed") and line.endswith("only this copy") for line in lines_of(app)),
        )


async def test_the_payment_dialog_says_whose_invoice_it_is_and_what_remains(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await pilot.press("p")
        await sees(pilot, "After this payment: CAD 0.00")
        await sees(pilot, "Boulangerie Tremblay")
        await sees(pilot, "Balance: CAD 105.00")
        await keys(pilot, "=45")
        await sees(pilot, "After this payment: CAD 60.00")
        await keys(pilot, "=x")
        await sees(pilot, "After this payment: –")
        await pilot.press("backspace", "f9")
        await sees(pilot, "Payment of CAD 45.00 recorded for invoice 1001. u to undo.")
        await pilot.press("p")
        await keys(pilot, "=-100")
        await pilot.press("enter")
        await sees(pilot, "Record a refund of CAD 100.00?")
        await until(
            pilot, lambda: "more than the CAD 45.00 that was paid" in " ".join(text_of(app).replace("│", " ").split())
        )
        await pilot.press("n", "escape")
        await until(pilot, lambda: not isinstance(app.screen, PaymentScreen))
    assert [payment.amount for payment in payments_of(shop.store, invoice.id or 0)] == [4500]


async def test_an_issued_invoice_in_another_currency_gets_its_exchange_rate(shop: Shop) -> None:
    issue_invoice(shop.store, save_draft(shop.store, replace(shop.draft(), currency="USD")))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await pilot.press("%")
        await sees(pilot, "Exchange rate of invoice 1001")
        await keys(pilot, "=0")
        await pilot.press("enter")
        await sees(pilot, "Enter a number greater than zero.")
        await keys(pilot, "=1.364")
        await pilot.press("enter")
        await sees(pilot, "u to undo")
        await sees(pilot, "USD = 1.364")
        await pilot.press("u")
        await until(pilot, lambda: "= 1.364" not in text_of(app))
    assert get_invoice(shop.store, 1).exchange_rate == ""


async def test_sending_again_says_how_to_undo_it_until_it_is_too_late(asking_no_dns: Shop) -> None:
    shop = asking_no_dns
    save_company(shop.store, replace(read_company(shop.store), undo=600))
    sent = shop.sent()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        for undone in (True, False):
            await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
            await pilot.press("s", "y")
            await sees(pilot, "already sent to")
            await pilot.press("f9")
            await sees(pilot, "To send it anyway, choose “Send” again.")
            await pilot.press("f9")
            await sees(pilot, "Invoice 1001 is in the outbox. u to undo.")
            again = deliveries_of(shop.store, sent.invoice_id)[-1]
            if undone:
                await pilot.press("u")
                await sees(pilot, "Sending undone. Invoice 1001 was not sent.")
                assert get_delivery(shop.store, again.id).state is State.CANCELLED
            else:
                cancel_delivery(shop.store, again.id)  # in another window
                await until(pilot, lambda: "u to undo" not in text_of(app))
        await until(pilot, lambda: "✓ Sent" in lines_of(app)[0])


async def test_number_amount_and_address_are_copied(shop: Shop) -> None:
    shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        for downs, copied in ((0, "1001"), (1, "105.00"), (4, "compta@tremblay.example")):
            await pilot.press("y", *["down"] * downs, "enter")
            await until(pilot, lambda: app.clipboard == copied)  # noqa: B023
            await sees(pilot, f"Copied: {copied}")


def program(folder: Path, name: str, script: str, patch: pytest.MonkeyPatch) -> None:
    """Put a program with this name first in the path."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


async def test_inside_tmux_the_text_is_given_to_tmux(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given"
    program(tmp_path / "bin", "tmux", f'echo "$@" > {given}.call; cat > {given}', monkeypatch)
    monkeypatch.setenv("TMUX", "/tmp/tmux-1000/default,1,0")
    shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter", "y", "enter")
        await sees(pilot, "Copied: 1001")
    assert given.read_text() == "1001"
    assert given.with_suffix(".call").read_text() == "load-buffer -w -\n"


async def test_the_pdf_opens_as_it_was_sent_or_is_saved_where_no_viewer_is(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = shop.draft()
    assert draft.id is not None
    queue(shop.ws, prepare(shop.ws, draft.id, compose(shop.ws, draft.id)))
    assert postman(shop.ws).deliver() == 1
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    seen = tmp_path / "seen"
    program(tmp_path / "bin", "xdg-open", f'basename "$1" > {seen}.name; cat "$1" > {seen}', monkeypatch)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter", "o")
        await sees(pilot, "Opened Invoice-1001-Acme-EU-x.pdf")
        assert seen.with_suffix(".name").read_text() == "Invoice-1001-Acme-EU-x.pdf\n"
        assert seen.read_bytes().startswith(b"%PDF")
        monkeypatch.setenv("SSH_CONNECTION", "203.0.113.7 50022 192.0.2.10 22")
        monkeypatch.setattr(Path, "home", lambda: tmp_path.joinpath(*["folder"] * 9))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, SaveAsScreen))
        await pilot.press("escape", "w")
        # A path that is longer than its field shows its end, and no scrollbar in its place.
        await sees(pilot, "/Invoice-1001-Acme-EU-x.pdf")
        target = tmp_path / "saved.pdf"
        app.screen.query_one(Field).text = str(target)
        await pilot.press("enter")
        await sees(pilot, "Saved as")
    assert target.read_bytes() == seen.read_bytes()
    assert get_invoice(shop.store, draft.id).delivery == deliveries_of(shop.store, draft.id)[-1].state
    assert open_alerts(shop.store) == []
