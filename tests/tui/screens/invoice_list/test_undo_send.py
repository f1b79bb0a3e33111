"""Undo a send on the screens: the invoice is a draft again, and is sent with the same number."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

from textual.binding import Binding

from facturier.models.books.status import BookStatus, State
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.screens.invoice_list.keys import KEYS
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.widgets.rows.row_list import RowList
from tests.models.making import next_number
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys

UNDO = next(one.key for one in KEYS if isinstance(one, Binding) and one.id in ("list.undo_send", "list.undo"))


async def test_the_draft_is_edited_and_sent_once_with_the_same_number(shop: Shop, asking_no_dns: Shop) -> None:
    save_company(shop.store, replace(read_company(shop.store), undo=30))
    draft = shop.draft()
    assert draft.id is not None
    shop.draft("Mistake")
    app = FacturierApp(asking_no_dns.ws)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "All 2")
        await keys(pilot, "d")
        await sees(pilot, "Delete the draft for Mistake?")
        await keys(pilot, "y")
        await until(pilot, lambda: "deleted. u to undo." in text_of(app) and "All 1" in text_of(app))
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await keys(pilot, "f9")
        await sees(pilot, "Attached")
        await keys(pilot, "f9")
        await sees(pilot, "Invoice 1001 will be sent in")
        assert "deleted. u to undo." not in text_of(app)  # the send came later, and it is what u undoes
        await keys(pilot, UNDO)
        await sees(pilot, "Invoice 1001 is a draft again and keeps its number")
        await until(pilot, lambda: "1001" in text_of(app) and "○ Draft" in text_of(app))
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await sees(pilot, "Draft 1001 for Boulangerie Tremblay")
        await keys(pilot, "=Travel", "tab", "tab", "tab", "=50")
        await until(pilot, lambda: shop.invoice(draft.id).total.minor == 157_50)
        save_company(shop.store, replace(read_company(shop.store), undo=0))
        await keys(pilot, "f9")
        await until(pilot, lambda: "Send invoice 1001 to" in text_of(app) and "✓ Ready" in text_of(app))
        await keys(pilot, "f9")
        await sees(pilot, "✓ Sent")
    assert [one.state for one in deliveries_of(shop.store, draft.id)] == [State.CANCELLED, State.SENT]
    [sent] = shop.mail.glob("*.eml")
    message = message_from_bytes(sent.read_bytes(), policy=default)
    assert "1001" in message["Subject"]
    text = message.get_body(("plain",))
    assert text is not None
    assert "157.50" in text.get_content()  # created again from the current draft
    invoice = shop.invoice(draft.id)
    assert (invoice.number, invoice.book_status, invoice.total.minor) == ("1001", BookStatus.ISSUED, 157_50)
    assert next_number(shop.store) == "1002"


async def test_from_the_invoice_it_opens_the_draft_and_a_number_in_between_is_voided(shop: Shop) -> None:
    first, second = shop.queued("First"), shop.queued("Second")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "All 2")
        app.screen.query_one(RowList).go_to(first.invoice_id)
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await keys(pilot, "u")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await sees(pilot, "Draft 1001 for First")
        await keys(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await keys(pilot, "d")
        await sees(pilot, "Delete the draft for First?")
        await keys(pilot, "y")
        await sees(pilot, "Void invoice 1001 instead?")
        await keys(pilot, "=Ordered by mistake", "enter")
        await sees(pilot, "Reason: “Ordered by mistake”")
        await keys(pilot, "y")
        await sees(pilot, "⊘ Void")
        app.screen.query_one(RowList).go_to(second.invoice_id)
        await keys(pilot, UNDO)
        await sees(pilot, "Invoice 1002 is a draft again")
        await keys(pilot, "d")
        await sees(pilot, "Delete the draft for Second?")
        await keys(pilot, "y")
        await sees(pilot, "All 1")
    void = shop.invoice(first.invoice_id)
    assert (void.number, void.book_status) == ("1001", BookStatus.VOID)
    assert next_number(shop.store) == "1002"
