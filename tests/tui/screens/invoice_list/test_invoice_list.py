"""The invoice list, as a person sees and uses it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Input

from facturier.models.books.invoice import Invoice, InvoiceRow
from facturier.models.books.status import BookStatus, State
from facturier.models.customers.figures import read_balance
from facturier.models.drafts.drafts import save_draft
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.pauses import pause_outbox
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.models.text.i18n import speak
from facturier.tui.app import FacturierApp
from facturier.tui.screens.alerts.screen import AlertsScreen
from facturier.tui.screens.dialogs.palette.commands import commands_of
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice.payments.payment import PaymentScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.widgets.rows.row_list import RowList
from tests.tui.support.sample import Shop, other_window
from tests.tui.support.screen_text import ended, sees, text_of, until
from tests.tui.support.typing import keys

pytestmark = pytest.mark.usefixtures("little_garbage")

SIZES = [(80, 24), (120, 36)]


def rows(app: FacturierApp) -> RowList[InvoiceRow]:
    screen = app.screen_stack[0]
    assert isinstance(screen, InvoicesScreen)
    return screen.rows


async def test_names_stand_literally_and_both_statuses_in_words(shop: Shop) -> None:
    shop.sent("Acme [EU] [/x]")
    shop.failed("Müller [bold]Optik")
    shop.draft("Îles & Fils")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await sees(pilot, "1 alert")
            shown = text_of(app)
            for words in ("Acme [EU] [/x]", "✓ Sent", "⚠ Failed", "Müller [bold]", "○ Draft", "in 30 days", "105.00"):
                assert words in shown
            assert "Date" in shown
            assert "⚠ 1 alert" in shown
            assert "From hello@acme.example" in shown
            assert all(len(line) <= size[0] for line in shown.split("\n"))
            assert " ".join(shown.split("\n")[-1].split()).startswith("n New ⏎ Open")


async def test_the_balance_of_a_partly_paid_invoice_is_shown_at_every_width(shop: Shop) -> None:
    late = shop.issued("Nora", rate="1000", day=shop.today - timedelta(54))
    record_payment(shop.store, late.id or 0, shop.today, 200_00)
    due = shop.issued("Zoe", rate="2000")
    record_payment(shop.store, due.id or 0, shop.today, 300_00)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:

        def row(name: str) -> str:
            return next((line for line in text_of(app).split("\n") if f" {name} " in line), "")

        for width, of_late, of_due in (
            (80, ("24 d: 850.00", "1,050.00"), ("due 1,800.00", "2,100.00")),
            (60, ("24 d: 850.00", "1,050.00"), ("due 1,800.00", "2,100.00")),
            (200, ("24 days late", "1,050.00", "850.00"), ("partly paid", "2,100.00", "1,800.00")),
        ):
            await pilot.resize_terminal(width, 24)
            await until(pilot, lambda a=of_late: all(words in row("Nora") for words in a))  # type: ignore[misc]
            await until(pilot, lambda a=of_due: all(words in row("Zoe") for words in a))  # type: ignore[misc]
            assert ("Balance" in text_of(app)) == (width == 200)


async def test_in_french_every_key_of_the_day_has_room_in_80_columns(shop: Shop) -> None:
    shop.draft()
    speak("fr")
    try:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24)) as pilot:
            bar = " n Créer  ⏎ Ouvrir  s Envoyer  ␣ Marquer  p Paiement  / Chercher  ? Aide  : Menu"
            await until(pilot, lambda: text_of(app).split("\n")[-1] == bar)
            heading = next(line for line in text_of(app).split("\n") if "Échéance" in line)
            assert heading.replace("▼", "").split() == ["Nº", "Date", "Client", "Échéance", "Total", "Envoi"]
            assert heading.index("Échéance") - heading.index("Client") >= 15 + 2
            await pilot.press("space")
            await until(pilot, lambda: "s Les envoyer" in text_of(app) and "/ Chercher" in text_of(app))
    finally:
        speak("en")


async def test_from_120_columns_on_the_chosen_invoice_stands_beside_the_list(shop: Shop) -> None:
    shop.draft("Îles & Fils", "250")
    shop.draft("Harbour Systems", "10")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "Total CAD")
        await until(pilot, lambda: "10.50" in text_of(app).split("Total CAD")[1].split("\n")[0])
        await pilot.press("down")
        await until(pilot, lambda: "262.50" in text_of(app).split("Total CAD")[1].split("\n")[0])


async def test_filters_by_number_and_by_arrow(shop: Shop) -> None:
    sent, failed = shop.sent("One"), shop.failed("Two")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("3")
        assert [row.id for row in rows(app).rows] == [sent.invoice_id]
        await pilot.press("6")
        assert [row.id for row in rows(app).rows] == [failed.invoice_id]
        await pilot.press("right")
        assert len(rows(app).rows) == 2
        await pilot.press("left", "left")
        await sees(pilot, "No invoices here.")


async def test_search_as_one_types_and_escape_ends_it(shop: Shop) -> None:
    wanted = shop.draft("Café Zénith")
    shop.draft("Harbour Systems")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("slash")
        await keys(pilot, "=zenith")
        assert [row.id for row in rows(app).rows] == [wanted.id]
        await pilot.press("q", "enter")
        await sees(pilot, "No match for “zenithq”")
        assert not isinstance(app.focused, Input)
        await pilot.press("escape")
        assert len(rows(app).rows) == 2


async def test_sorting_by_key_and_by_the_palette(shop: Shop) -> None:
    small, large = shop.draft("Zoo", "5"), shop.draft("Aal", "900")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("colon")
        await keys(pilot, "=sort by customer")
        await pilot.press("enter")
        await until(pilot, lambda: [row.id for row in rows(app).rows] == [large.id, small.id])
        await sees(pilot, "Customer ▲")
        await pilot.press("less_than_sign")
        assert [row.id for row in rows(app).rows] == [small.id, large.id]


async def test_a_change_in_another_window_shows_by_itself_and_moves_nothing(shop: Shop) -> None:
    for number in range(60):
        shop.draft(f"Customer {number:02}")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("pagedown", "pagedown", "down")
        before = [row.id for row in rows(app).rows], rows(app).chosen
        other = other_window(shop)
        first = shop.invoice(before[0][0])
        save_draft(other, replace(first, reference="PO 7"))
        issued = shop.issued("Somebody new")
        record_payment(other, issued.id or 0, shop.today, 500)
        await sees(pilot, "All 61")
        assert ([row.id for row in rows(app).rows], rows(app).chosen) == before


async def test_enter_opens_a_draft_in_the_editor_and_an_issued_invoice_on_its_own_screen(shop: Shop) -> None:
    shop.issued("Issued")
    shop.draft("Draft")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))


async def test_a_payment_is_prefilled_with_what_is_owed_and_says_what_is_wrong(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("p")
        await sees(pilot, "Balance: CAD 105.00")
        await pilot.press("x", "enter")  # replaces the amount that is there
        await sees(pilot, "“x” is not a number")
        assert payments_of(shop.store, invoice.id or 0) == []
        await pilot.press("backspace")
        await keys(pilot, "=105")
        await pilot.press("tab")
        await keys(pilot, "=1/2/2026")
        await pilot.press("enter")
        await until(pilot, lambda: "paid" in text_of(app) and isinstance(app.screen, InvoicesScreen))
        assert [payment.amount for payment in payments_of(shop.store, invoice.id or 0)] == [10500]
        assert [payment.date.month for payment in payments_of(shop.store, invoice.id or 0)] == [2]


async def test_more_than_is_owed_asks_first(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await pilot.press("p")
        await keys(pilot, "=999999")
        await pilot.press("enter")
        await sees(pilot, "CAD 999,894.00 will")
        await pilot.press("enter", "n")
        await until(pilot, lambda: isinstance(app.screen, PaymentScreen))
        await pilot.press("enter", "y")
        await until(pilot, lambda: paid(shop, invoice))
    assert paid(shop, invoice) == [10500]  # and the rest is credit


async def test_a_payment_of_another_day_is_chosen_to_be_removed(shop: Shop) -> None:
    invoice = shop.issued()
    record_payment(shop.store, invoice.id or 0, shop.today, 2000)
    record_payment(shop.store, invoice.id or 0, shop.today, 3000)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for opening in ("x", "enter"):  # from the list, then from the invoice
            await pilot.press(opening)
            await until(pilot, lambda: "Remove which payment?" in text_of(app) or isinstance(app.screen, InvoiceScreen))
            if opening == "enter":
                await pilot.press("x")
                await sees(pilot, "Remove which payment?")
            await pilot.press("enter", "escape")
            before = paid(shop, invoice)
            await pilot.press("enter", "y")
            await until(pilot, lambda: paid(shop, invoice) == before[:-1])  # noqa: B023
            await sees(pilot, "removed from invoice 1001. u to undo.")
            if opening == "x":
                await pilot.press("u")  # records the payment again
                await sees(pilot, "Payment of CAD 30.00 recorded for invoice 1001.")


def paid(shop: Shop, invoice: Invoice) -> list[int]:
    return [payment.amount for payment in payments_of(shop.store, invoice.id or 0)]


@pytest.mark.parametrize(("amount", "said"), [("", "Payment of CAD 105.00"), ("-20", "Refund of CAD 20.00")])
async def test_a_payment_says_what_was_booked_and_one_key_undoes_it(shop: Shop, amount: str, said: str) -> None:
    invoice = shop.issued()
    if amount:
        record_payment(shop.store, invoice.id or 0, shop.today, 5000)
    before = paid(shop, invoice)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:  # without toasts, because the line stays until the next booking
        for screen in ("list", "invoice"):
            if screen == "invoice":
                await pilot.press("u")
                await until(pilot, lambda: paid(shop, invoice) == before)
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
            await pilot.press("p", *amount, "enter", *("y" if amount else ""))
            await sees(pilot, f"{said} recorded for invoice 1001. u to undo.")
            assert len(paid(shop, invoice)) == len(before) + 1
            await pilot.press("u" if screen == "list" else "ctrl+z")
            await sees(pilot, f"{said} removed from invoice 1001. u to undo.")
            assert paid(shop, invoice) == before
            await pilot.press("u")
            await sees(pilot, f"{said} recorded for invoice 1001. u to undo.")
            assert len(paid(shop, invoice)) == len(before) + 1


async def test_an_undo_that_came_too_late_says_so(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("p", "enter")
        await sees(pilot, "u to undo.")
        remove_payment(shop.store, payments_of(shop.store, invoice.id or 0)[0].id)
        await pilot.press("u")
        await sees(pilot, "This payment no longer exists.")
        await pilot.press("enter")
        assert paid(shop, invoice) == []
        assert "to undo" not in text_of(app)


async def test_what_is_for_one_invoice_is_refused_while_several_are_marked(shop: Shop) -> None:
    """Otherwise it would be done with the row under the cursor, which has no mark."""
    for name in ("One", "Two", "Three"):
        shop.issued(name)
    shop.draft("Four")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("space", "space")
        refused = re.compile(r"2 marked\. .+ Press Esc to unmark\.")
        for key in "xBPevowWmrib":
            await pilot.press(key)
            await until(pilot, lambda: any(refused.match(one.message) for one in app._notifications))
            assert isinstance(app.screen, InvoicesScreen), key
            app.clear_notifications()
        await pilot.press("d")
        await sees(pilot, "1 of 2 marked invoices is issued")
        await pilot.press("u")
        await sees(pilot, "None of the marked invoices is waiting")
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "1003")
        await pilot.press("escape", "p")
        await until(pilot, lambda: isinstance(app.screen, PaymentScreen))
        await pilot.press("enter")
        await sees(pilot, "u to undo.")
        assert "marked" not in text_of(app)  # otherwise, it would cover the line
    assert [len(payments_of(shop.store, number)) for number in (1, 2, 3)] == [0, 1, 0]


async def test_marked_invoices_are_duplicated_deleted_and_taken_out_of_the_outbox_together(shop: Shop) -> None:
    queued = [shop.queued(name) for name in ("One", "Two", "Three")]
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "All 3")
        await pilot.press("space", "space", "u")
        await sees(pilot, "Cancel sending 2 invoices?")
        await pilot.press("y")
        await sees(pilot, "Sending of 2 invoices undone.")
        states = [get_delivery(shop.store, delivery.id).state for delivery in queued]
        assert states == [State.QUEUED, State.CANCELLED, State.CANCELLED]
        await pilot.press("c")
        await sees(pilot, "Duplicate 2 invoices as drafts?")
        await pilot.press("y")
        await sees(pilot, "2 drafts created.")
        assert not rows(app).marked
        await pilot.press("home", "space", "space", "d")
        await sees(pilot, "Delete 2 drafts?")
        await pilot.press("y")
        await until(pilot, lambda: "2 drafts deleted. u to undo." in text_of(app) and "All 3" in text_of(app))
        await pilot.pause(0.8)  # a key that is still held undoes nothing
        await pilot.press("u")
        await until(pilot, lambda: "2 drafts restored." in text_of(app) and "All 5" in text_of(app))
        assert {shop.invoice(row.id).lines for row in rows(app).rows} == {shop.draft().lines}


async def test_keys_act_on_the_selected_invoice_or_say_why_not(shop: Shop) -> None:
    failed, sent = shop.failed("Refused"), shop.sent("Accepted")
    shop.draft("Unfinished")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for key, words in (
            ("v", "A draft cannot be voided"),
            ("m", "No email has been queued"),
            ("b", "no email can have bounced"),
            ("i", "not in doubt"),
            ("r", "No recipient of this invoice was refused"),
        ):
            await pilot.press(key)
            await sees(pilot, words)
            app.clear_notifications()
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("down")
        for key, screen in (
            ("m", "ProblemScreen"),
            ("W", "SaveAsScreen"),
            ("b", "BounceScreen"),
            ("e", "ConfirmScreen"),
        ):
            await pilot.press(key)
            await until(pilot, lambda screen=screen: type(app.screen).__name__ == screen)  # type: ignore[misc]
            await pilot.press("escape", *["escape"] * (key == "m"))  # the message of the test has no PDF
            await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("y")
        await until(pilot, lambda: "1002" in text_of(app) and type(app.screen).__name__ == "CopyScreen")
        await pilot.press("enter")
        await until(pilot, lambda: app.clipboard == "1002")
        await pilot.press("down", "v")
        await keys(pilot, "=wrong address")
        await pilot.press("enter", "y")
        await sees(pilot, "Invoice 1001 is void.")
        assert "to undo" not in text_of(app)
        assert shop.invoice(failed.invoice_id).book_status is BookStatus.VOID
        assert shop.invoice(sent.invoice_id).book_status is BookStatus.ISSUED


@pytest.mark.parametrize("way", ["list", "invoice"])
async def test_after_a_payment_the_cursor_stays_on_that_invoice(shop: Shop, way: str) -> None:
    for number in range(30):
        shop.issued(f"Late {number}")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")  # the filter “Not sent”, from which paid invoices disappear
        await sees(pilot, "Late 29")
        await pilot.press("pagedown", "down")
        await pilot.pause()
        chosen = rows(app).chosen
        assert chosen is not None
        line = rows(app).rows.index(chosen)
        await pilot.press(*(("enter", "p", "enter") if way == "invoice" else ("p", "enter")))
        await sees(pilot, "recorded for invoice")
        await pilot.pause(0.4)  # until the window has checked the file once more
        await pilot.press(*(("escape",) if way == "invoice" else ()))
        await pilot.pause()
        stays = rows(app).chosen
        assert stays is not None
        assert (stays.id, rows(app).rows.index(stays)) == (chosen.id, line)
        assert stays.paid == stays.total
        await pilot.press("p")
        await sees(pilot, "Paid: CAD")
        await pilot.press("escape", "down", "up")
        assert chosen.id not in {row.id for row in rows(app).rows}  # the cursor has left it
        await pilot.press("5")
        await sees(pilot, chosen.customer)


async def test_a_refund_is_asked_about_and_where_nothing_is_owed_nothing_is_offered(shop: Shop) -> None:
    invoice = shop.issued()
    record_payment(shop.store, invoice.id or 0, shop.today, 12000)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("p")
        await sees(pilot, "has a total credit of CAD 15.00")
        await pilot.press("enter")
        await sees(pilot, "This is empty. Enter a number.")
        await keys(pilot, "=-15")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: (
                "You are paying back CAD 15.00 of the customer’s credit. The balance will be CAD 0.00."
                in " ".join(text_of(app).replace("│", " ").split())
            ),
        )
        await pilot.press("y")
        await until(pilot, lambda: read_balance(shop.store, invoice.customer.id or 0, "CAD").credit == 0)


async def test_an_issued_invoice_is_corrected_by_a_draft_in_its_place(shop: Shop) -> None:
    issued, queued = shop.issued("Issued"), shop.queued("Queued")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        rows(app).go_to(queued.invoice_id)
        await pilot.press("enter")
        await sees(pilot, "e Correct…")
        await pilot.press("e")
        await sees(pilot, "Undo the send first")
        await pilot.press("escape", "escape")
        rows(app).go_to(issued.id or 0)
        await pilot.press("enter")
        await sees(pilot, "Invoice 1001 for")
        await pilot.press("e")
        await sees(pilot, "Correct invoice 1001?")
        await keys(pilot, "=wrong rate")
        await pilot.press("enter", "y")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await sees(pilot, "1003 when issued")
        await pilot.press("escape")
        await sees(pilot, "⊘ Void")
        assert shop.invoice(issued.id).book_status is BookStatus.VOID
        assert len(rows(app).rows) == 3


async def test_a_draft_is_deleted_only_after_a_yes(shop: Shop) -> None:
    shop.draft("Throw [me] away")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("d")
        await sees(pilot, "Delete the draft for Throw [me] away?")
        await pilot.press("n")
        assert len(rows(app).rows) == 1
        await pilot.press("d", "y")
        await sees(pilot, "No invoices yet")
        await sees(pilot, "Draft for Throw [me] away deleted. u to undo.")


async def test_an_issued_invoice_is_not_deleted_and_its_copy_is_a_draft_with_the_same_lines(shop: Shop) -> None:
    shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("d")
        await sees(pilot, "Only a draft can be deleted")
        assert len(rows(app).rows) == 1
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await sees(pilot, "Consulting")


async def test_what_is_due_in_the_outbox_leaves_by_itself(shop: Shop) -> None:
    delivery = shop.queued(seconds=0.6)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "↻ Queued")
        await sees(pilot, "✓ Sent")
        assert shop.invoice(delivery.invoice_id).delivery is State.SENT
        assert len(list(shop.mail.glob("*.eml"))) == 1


async def test_help_and_the_palette_tell_every_key_of_the_screen_below(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 130), notifications=True) as pilot:
        names = [command.name for command in commands_of(app.screen)]
        assert names[:2] == ["New", "Open"]
        assert {"Down", "Up", "Page down"} <= set(names[names.index("Quit") :])
        await pilot.press("question_mark")
        await pilot.pause()
        shown = text_of(app)
        for words in ("Create an invoice.", "Delete draft", "d  del", "Page down", "Search all commands."):
            assert words in shown
        await pilot.press("escape")
        assert isinstance(app.screen, InvoicesScreen)
        await pilot.press("ctrl+p")
        await keys(pilot, "=alerts")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AlertsScreen))


async def test_after_a_new_draft_the_cursor_is_on_it(shop: Shop) -> None:
    for name in ("One", "Two", "Three"):
        shop.draft(name)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("end", "n")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await keys(pilot, "=Quarry")
        await pilot.press("escape")  # closes the suggestions
        await keys(pilot, "tab", "=q@quarry.example")  # with a name alone, it is dropped like a search
        await pilot.press("escape")
        await sees(pilot, "“Quarry” is not a customer yet.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await until(pilot, lambda: (row := rows(app).chosen) is not None and row.customer == "Quarry")


async def test_quitting_waits_for_what_leaves_within_a_minute_and_says_so(shop: Shop) -> None:
    delivery = shop.queued(seconds=2)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("q")
        await sees(pilot, "1 email will be sent in")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("q")
        await ended(app)
    assert shop.invoice(delivery.invoice_id).delivery is State.SENT


async def test_quitting_at_once_leaves_it_in_the_outbox(shop: Shop) -> None:
    delivery = shop.queued(seconds=30)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("q")
        await sees(pilot, "y Quit now")
        await pilot.press("y")
        await ended(app)
    assert shop.invoice(delivery.invoice_id).delivery is State.QUEUED


async def test_quitting_does_not_wait_for_a_paused_outbox_or_a_later_hour(shop: Shop) -> None:
    shop.queued(seconds=3600)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        shop.queued("Two", seconds=30)
        pause_outbox(shop.store)
        await pilot.press("q")
        await ended(app)


async def test_what_leaves_on_a_later_day_is_told_from_what_leaves_now(shop: Shop) -> None:
    shop.queued("Later", seconds=40 * 86400)
    shop.queued("Soon", seconds=300)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "↻ Queued")
        [later] = [line for line in text_of(app).split("\n") if "Later" in line]
        assert "◷ " in later
        assert "Queued" not in later


async def test_marks_are_said_where_s_would_send_them(shop: Shop) -> None:
    for name in ("One", "Two"):
        shop.draft(name)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "s Send")
        await pilot.press("space")
        await sees(pilot, "◆ 1 marked (Esc: unmark)")
        await sees(pilot, "s Send marked")
        assert "s Send   " not in text_of(app)
        await pilot.press("escape")
        await sees(pilot, "s Send")


async def test_a_search_for_thousands_of_words_is_refused_and_the_list_stays(shop: Shop) -> None:
    shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "1001")
        await pilot.press("slash")
        app.screen.query_one("SearchLine Input", Input).value = "word " * 3_000
        await until(pilot, lambda: "Search for at most" in " ".join(text_of(app).split()))
        await sees(pilot, "1001")
