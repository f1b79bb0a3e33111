"""The preview: From, recipients, message, PDF and headers; errors that prevent sending, and warnings that do not."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from rich.text import Text
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from facturier.mail.senders.choices import choices
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import Prepared, prepare
from facturier.mail.sending.queue import queue
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.company.connection import set_connection
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.deliveries import deliveries_of, message_of
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.payments.payments import record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.tui import screen as held_key
from facturier.tui.app import FacturierApp
from facturier.tui.screens.connect.screen import ConnectScreen
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.preview.screen import PreviewScreen
from facturier.tui.screens.preview.sender.sender_select import SenderSelect
from facturier.tui.screens.settings.screen import SettingsScreen
from facturier.tui.widgets.document_view import DocumentView
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.picker import Picker
from facturier.tui.widgets.letter_view import LetterView
from facturier.tui.words.journal import journal_words
from tests.mail.document.small_font import font_with
from tests.mail.samples import pdf_pages
from tests.models.making import next_number
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.stand_in import at_link, connect, google_for, paste
from tests.tui.support.typing import keys

pytestmark = pytest.mark.usefixtures("little_garbage")

SIZES = ((80, 24), (120, 36))


async def opened(pilot: Pilot[None], shop: Shop, invoice_id: int | None, domain: str = "") -> list[int | None]:
    """Open the preview and wait until the message is created. Return a list that will have the result."""
    assert invoice_id is not None
    answers: list[int | None] = []
    screen = PreviewScreen(shop.ws, invoice_id, check_domain=lambda _address: domain or None)
    await pilot.app.push_screen(screen, answers.append)
    await until(pilot, lambda: any(mark in text_of(pilot.app) for mark in "✓✗⚠"))
    await pilot.pause()  # the email is drawn after the findings
    return answers


def only_delivery(shop: Shop, invoice_id: int | None) -> Delivery:
    assert invoice_id is not None
    (delivery,) = deliveries_of(shop.store, invoice_id)
    return delivery


def message(shop: Shop, delivery: Delivery) -> EmailMessage:
    return message_from_bytes(message_of(shop.store, delivery.id), EmailMessage, policy=policy.default)


async def typed(pilot: Pilot[None], field: str, text: str) -> None:
    """Type at the end of a field."""
    pilot.app.screen.query_one(f"#{field} Input", Input).focus()
    await keys(pilot, "end", f"={text}")


async def test_one_key_puts_what_is_shown_into_the_outbox(shop: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        for size in reversed(SIZES):
            await pilot.resize_terminal(*size)
            shown = text_of(app)
            for words in (
                "Send invoice 1001 to Boulangerie Tremblay",
                "CAD\u00a0105.00",
                "hello@acme.example",
                "compta@tremblay.example",
                "Here is invoice **1001** for",
                "Hello Boulangerie Tremblay,",
                "Invoice 1001 from Acme [EU] [/x]",
                "✓ Ready. Attached: Invoice-1001-Acme-EU-x.pdf",
            ):
                assert words in shown
        assert shop.invoice(draft.id).number is None  # nothing has happened yet
        await typed(pilot, "bcc", "archive@acme.example, Marie <marie@acme.example>")
        shop.mail.rmdir()
        for answer in ("n", "y"):
            await pilot.press("f9")
            await until(pilot, lambda: f"Create the folder {shop.mail}?" in " ".join(text_of(app).split()))
            assert not answers
            await pilot.press(answer)
        await until(pilot, lambda: answers)
        assert shop.mail.is_dir()
    delivery = only_delivery(shop, draft.id)
    assert answers == [delivery.id]
    assert delivery.envelope.to == ("compta@tremblay.example",)
    assert delivery.envelope.bcc == ("archive@acme.example", "marie@acme.example")
    sent = message(shop, delivery)
    assert sent["Subject"] == "Invoice 1001 from Acme [EU] [/x]"
    assert [part.get_content_type() for part in sent.iter_attachments()] == ["application/pdf"]
    assert shop.invoice(draft.id).number == "1001"


@pytest.mark.parametrize("size", SIZES)
async def test_letter_document_and_headers_are_shown_before_sending(shop: Shop, size: tuple[int, int]) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await opened(pilot, shop, draft.id)
        await pilot.press("ctrl+t")
        if size[0] >= 120:
            await sees(pilot, "Hello Boulangerie Tremblay,")  # next to the PDF
        else:
            await sees(pilot, "Amount")
            app.screen.query_one(DocumentView).scroll_end(animate=False)
        view = app.screen.query_one(DocumentView)
        view.focus()
        await until(pilot, lambda: "Subtotal" in text_of(app) or "Total" in text_of(app))
        await pilot.press("t")
        await until(pilot, lambda: "page 1 of 1" in text_of(app) and "▀" in text_of(app))
        width = view.virtual_size.width
        await pilot.press("plus")
        await until(pilot, lambda: view.virtual_size.width > width)
        await pilot.press("t")
        await until(pilot, lambda: "▀" not in text_of(app))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Message-ID:" in text_of(app) and "To: compta@tremblay.example" in text_of(app))


async def test_a_document_of_many_pages_is_turned_by_key(shop: Shop) -> None:
    draft = shop.draft()
    draft = save_draft(shop.store, replace(draft, lines=draft.lines * 90))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, draft.id)
        await pilot.press("ctrl+t", "t")
        await sees(pilot, "page 1 of")
        view = app.screen.query_one(DocumentView)
        await until(pilot, lambda: view.max_scroll_y > 0)
        view.scroll_end(animate=False)
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y)
        await pilot.press("pagedown")
        await sees(pilot, "page 2 of")
        await pilot.press("pageup")
        await sees(pilot, "page 1 of")


async def test_an_invalid_message_and_address_are_named_at_their_fields_and_focused(shop: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        app.screen.query_one("#to Input").focus()
        letter = app.screen.query_one("#message", TextArea)
        before, letter.text = letter.text, "> " * 30 + "Dear {nobody}"
        await until(pilot, lambda: "nested too deep" in " ".join(text_of(app).split()))
        await sees(pilot, "Not ready. Check Message.")
        await pilot.press("f9")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "message")
        assert answers == []
        assert letter.text == "> " * 30 + "Dear {nobody}"
        assert shop.invoice(draft.id).delivery is None
        letter.text = before
        await typed(pilot, "cc", "marie")
        await until(pilot, lambda: "“marie” is not an address: it has no @ sign." in " ".join(text_of(app).split()))
        app.screen.query_one("#message").focus()
        await pilot.press("f9")
        await until(pilot, lambda: app.focused is app.screen.query_one("#cc Input"))
        await pilot.press("end")
        await keys(pilot, "=@acme.example")
        await sees(pilot, "✓ Ready.")
        await pilot.press("f9")
        await until(pilot, lambda: answers)
    assert only_delivery(shop, draft.id).envelope.cc == ("marie@acme.example",)


async def test_a_warning_can_be_overruled_by_sending_again(shop: Shop) -> None:
    delivery = shop.sent()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, delivery.invoice_id)
        await sees(pilot, "already sent to compta@tremblay.example")
        await pilot.press("f9")
        await sees(pilot, "To send it anyway, choose “Send” again.")
        assert answers == []
        await pilot.press("f9")
        await until(pilot, lambda: answers)
    assert len(deliveries_of(shop.store, delivery.invoice_id)) == 2


async def test_a_domain_without_a_mail_server_is_a_warning(shop: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id, domain="tremblay.example takes no mail.")
        await sees(pilot, "⚠ tremblay.example takes no mail.")
        await pilot.press("f9")
        await sees(pilot, "To send it anyway")
        await pilot.press("f9")
        await until(pilot, lambda: answers)


async def test_typed_text_is_kept_and_an_untouched_recipient_follows_the_customer(
    shop: Shop,
) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        await typed(pilot, "subject", "!")
        await until(pilot, lambda: compose(shop.ws, draft.id or 0).subject.endswith("!"))  # before going back
        await typed(pilot, "cc", "marie@acme.example")
        app.screen.query_one("#message", TextArea).text = "Hello **you**"
        await pilot.press("escape")
        await until(pilot, lambda: answers == [None])
        answers = await opened(pilot, shop, draft.id)
        await sees(pilot, "marie@acme.example")
        await sees(pilot, "Hello **you**")
        assert shop.invoice(draft.id).number is None
        await pilot.press("escape")
        await until(pilot, lambda: answers)
        # The message was saved, but the recipient is that of the new customer.
        save_draft(shop.store, replace(draft, customer=Customer(name="Müller", email="mueller@optik.example")))
        await opened(pilot, shop, draft.id)
        shown = text_of(app)
    assert "mueller@optik.example" in shown
    assert "compta@tremblay.example" not in shown
    assert "Hello **you**" in shown


async def test_send_at_takes_a_time_as_people_type_it(shop: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        await pilot.press("f8")
        await sees(pilot, "⏎ Schedule")
        await keys(pilot, "=soon")
        await pilot.press("enter")
        await sees(pilot, "is not a time")
        await pilot.press("escape", "f8")
        await keys(pilot, "=+2h")
        await sees(pilot, "→")
        await pilot.press("enter")
        await until(pilot, lambda: answers)
        delivery = only_delivery(shop, draft.id)
    wait = delivery.not_before - shop.store.clock()
    assert timedelta(hours=1, minutes=58) < wait <= timedelta(hours=2)
    assert delivery.state is State.QUEUED


async def test_add_a_gmail_address_from_the_select_and_send_from_it(shop: Shop) -> None:
    draft = shop.draft()
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=SIZES[0], notifications=True) as pilot:
            answers = await opened(pilot, shop, draft.id)
            await typed(pilot, "cc", "marie@acme.example")
            app.screen.query_one("#from Picker").focus()
            await pilot.press("enter")
            for size in reversed(SIZES):
                await pilot.resize_terminal(*size)
                await sees(pilot, "+ Add Gmail address…")
                assert "Remove Gmail address" not in text_of(app)
            await pilot.press("down", "enter")
            await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
            link = await at_link(pilot, google)
            paste(app, google.allow(link))
            await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
            for size in SIZES:
                await pilot.resize_terminal(*size)
                await until(
                    pilot, lambda: "delivered, billing@acme.example gets an email" in " ".join(text_of(app).split())
                )
            assert app.screen.query_one(SenderSelect).sender_kind is SenderKind.GMAIL
            await pilot.press("f9")
            await until(pilot, lambda: answers)
            await until(pilot, lambda: only_delivery(shop, draft.id).state is State.SENT)
        assert len(google.messages) == 1
    delivery = only_delivery(shop, draft.id)
    assert (delivery.sender_kind, delivery.envelope.sender) == (SenderKind.GMAIL, "billing@acme.example")
    assert delivery.envelope.cc == ("marie@acme.example",)  # entered before connecting, and still there


async def test_cancelling_the_connection_leaves_the_sender_as_it_was(shop: Shop) -> None:
    draft = shop.draft()
    with google_for(shop):
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop, draft.id)
            app.screen.query_one("#from Picker").focus()
            await pilot.press("enter", "down", "enter")
            await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
            assert app.screen.query_one(Picker).value == "default"
            assert app.screen.query_one(SenderSelect).address == "hello@acme.example"


async def test_remove_asks_first_and_then_the_default_sender_is_used(shop: Shop) -> None:
    draft = shop.draft()
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            answers = await opened(pilot, shop, draft.id)
            select = app.screen.query_one(SenderSelect)
            assert select.sender_kind is SenderKind.GMAIL
            for answer in ("n", "y"):
                app.screen.query_one("#from Picker").focus()
                await pilot.press("enter", "end", "enter")
                await until(pilot, lambda: "revokes its permission at Google" in " ".join(text_of(app).split()))
                await pilot.press(answer)
                await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
                assert select.sender_kind is SenderKind.GMAIL or answer == "y"
            await until(pilot, lambda: select.sender_kind is SenderKind.DEFAULT)
            await pilot.press("f9")
            await until(pilot, lambda: answers)
        assert google.counts["revoke"] == 1
    assert shop.ws.connection() is None
    assert only_delivery(shop, draft.id).envelope.sender == "hello@acme.example"


async def test_without_any_sender_the_screen_says_so_and_offers_both_ways(shop: Shop) -> None:
    save_company(shop.store, replace(read_company(shop.store), sender=DefaultSender()))
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        await until(pilot, lambda: "There is no address to send from" in " ".join(text_of(app).split()))
        await pilot.press("f9")
        await until(pilot, lambda: app.focused is app.screen.query_one("#from Picker"))
        assert answers == []
        await pilot.press("enter")
        await sees(pilot, "+ Add Gmail address…")
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))
        await until(pilot, lambda: "Default sender" in text_of(app).splitlines()[0])


async def test_an_invoice_that_another_window_queued_is_not_queued_twice(shop: Shop) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        assert draft.id is not None
        other = prepare(shop.ws, draft.id, compose(shop.ws, draft.id))
        queue(shop.ws, other, not_before=shop.store.clock() + timedelta(hours=1))
        await pilot.press("f9")
        await sees(pilot, "is already in the outbox")
        assert answers == []
    assert len(deliveries_of(shop.store, draft.id)) == 1


async def test_opening_says_that_the_invoice_is_already_queued(shop: Shop) -> None:
    delivery = shop.queued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, delivery.invoice_id)
        await until(pilot, lambda: "is already in the outbox" in " ".join(text_of(app).split()))
        cancel_delivery(shop.store, delivery.id)
        await sees(pilot, "✓ Ready")


async def test_a_void_invoice_cannot_be_sent(shop: Shop) -> None:
    invoice = shop.issued()
    assert invoice.id is not None
    void_invoice(shop.store, invoice.id, "a mistake")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, invoice.id)
        await sees(pilot, "This invoice is void")
        await pilot.press("f9", "f9")
    assert deliveries_of(shop.store, invoice.id) == []


class Slow:
    """Creates a message only when allowed, like a busy machine. `running` is how many are being created."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.running = self.most = 0

    def prepare(
        self, ws: Workspace, invoice_id: int, composition: Composition, *, sent: datetime | None = None
    ) -> Prepared:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            assert self.may.wait(60)
            return prepare(ws, invoice_id, composition, sent=sent)
        finally:
            self.running -= 1


async def test_typing_never_waits_for_the_message_or_its_document(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = shop.draft()
    draft = save_draft(shop.store, replace(draft, lines=draft.lines * 200))
    assert draft.id is not None
    slow = Slow()
    monkeypatch.setattr("facturier.tui.screens.preview.making.prepare", slow.prepare)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.push_screen(PreviewScreen(shop.ws, draft.id, check_domain=lambda _address: None))
        await until(pilot, lambda: slow.running)
        for character in "Hi, Marie!":
            await typed(pilot, "subject", character)
            await pilot.pause(0.05)  # some of the pauses are long enough to create the message again
        await sees(pilot, "Hi, Marie!")  # as typed, although no message has been created yet
        await pilot.pause(0.3)
        assert (slow.running, slow.most) == (1, 1)
        slow.may.set()
        await sees(pilot, "✓ Ready.")
        assert slow.most == 1
        await pilot.press("f9")
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0))
    assert only_delivery(shop, draft.id).subject.endswith("Hi, Marie!")


async def test_the_letter_is_shown_as_rendered_and_as_plain_text(shop: Shop) -> None:
    customer = Customer(name="[b]Tremblay[/b]", email="compta@tremblay.example")
    draft = save_draft(shop.store, replace(shop.draft(), customer=customer))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        await opened(pilot, shop, draft.id)
        app.screen.query_one("#message", TextArea).text = "**Dear** [b]Tremblay[/b] {customer}"
        letter = app.screen.query_one(LetterView)
        await until(pilot, lambda: "bold" in looks_of(letter, "Dear"))
        await sees(pilot, "Dear [b]Tremblay[/b] {customer}")
        letter.focus()
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.press("t")
            await until(pilot, lambda: "bold" not in looks_of(letter, "Dear"))
            await sees(pilot, "Dear [b]Tremblay[/b] {customer}")
            await pilot.press("t")
            await until(pilot, lambda: "bold" in looks_of(letter, "Dear"))
            await sees(pilot, "Dear [b]Tremblay[/b] {customer}")


def looks_of(letter: LetterView, word: str) -> str:
    """Return the style of a word in the email."""
    shown = letter.query_one(Static).content
    assert isinstance(shown, Text)
    return " ".join(str(span.style) for span in shown.spans if word in shown.plain[span.start : span.end])


async def test_characters_that_no_font_has_are_named_until_a_font_has_them(shop: Shop, tmp_path: Path) -> None:
    customer = Customer(name="中 Optik", email="info@optik.example")
    draft = save_draft(shop.store, replace(shop.draft(), customer=customer))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop, draft.id)
        await until(pilot, lambda: "No font has these characters: 中 (U+4E2D" in " ".join(text_of(app).split()))
        await pilot.press("f9")
        await sees(pilot, "Nothing was sent. Fix the items marked ✗ first.")
        assert answers == []
        await pilot.press("ctrl+t")
        await sees(pilot, "Subject: Invoice 1001")  # the headers need no PDF
        folder = tmp_path / "fonts"
        folder.mkdir()
        (folder / "extra.ttf").write_bytes(font_with("中"))
        await app.push_screen(SettingsScreen(shop.ws, "look"))
        fonts = app.screen.query_one("#fonts Input", Input)
        fonts.focus()
        fonts.value = str(folder)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read_company(shop.store).fonts == str(folder))
        if isinstance(app.screen, SettingsScreen):
            await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
        await sees(pilot, "✓ Ready.")
        await pilot.press("f9")
        await until(pilot, lambda: answers)
    (document,) = message(shop, only_delivery(shop, draft.id)).iter_attachments()
    assert "中 Optik" in pdf_pages(document.get_content())[0].replace("\n", " ")


async def test_ways_to_pay_are_shown_before_sending(shop: Shop) -> None:
    company = replace(
        read_company(shop.store),
        payment_texts={"en": "By cheque, please."},
        iban="FR7630006000011234567890189",
        bic="AGRIFRPP",
    )
    save_company(shop.store, company)
    draft = save_draft(shop.store, replace(shop.draft(), currency="EUR"))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, draft.id)
        await pilot.press("ctrl+t")
        await sees(pilot, "Bill to")
        app.screen.query_one(DocumentView).scroll_end(animate=False)
        await sees(pilot, "IBAN FR76 3000 6000 0112 3456 7890 189")
        await sees(pilot, "By cheque, please.")
        await sees(pilot, "BIC AGRIFRPP")


def _another_rate(shop: Shop, invoice: Invoice) -> None:
    save_draft(shop.store, replace(invoice, lines=(replace(invoice.lines[0], rate="999"),)))


def _another_company_name(shop: Shop, _invoice: Invoice) -> None:
    save_company(shop.store, replace(read_company(shop.store), name="Acme anders"))


def _another_sender(shop: Shop, _invoice: Invoice) -> None:
    company = read_company(shop.store)
    save_company(shop.store, replace(company, sender=replace(company.sender, address="other@acme.example")))


def _the_number_given(shop: Shop, _invoice: Invoice) -> None:
    shop.issued("Somebody else")


CHANGES = [_another_rate, _another_company_name, _another_sender, _the_number_given]


@pytest.mark.parametrize("typed_before", [False, True])
async def test_a_change_by_another_window_is_shown_before_sending(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, typed_before: bool
) -> None:
    monkeypatch.setattr("facturier.tui.window.company_watch._LOOK", 3600.0)  # F9 comes before the window notices
    if typed_before:
        monkeypatch.setattr("facturier.tui.screens.preview.saving._PAUSE", 3600.0)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for change in CHANGES:
            draft = shop.draft()
            number = next_number(shop.store)
            answers = await opened(pilot, shop, draft.id)
            if typed_before:  # just now, so that it is not yet in the message that is shown
                await typed(pilot, "bcc", "archive@acme.example")
            change(shop, draft)
            await pilot.press("f9")
            await sees(pilot, "Check the message, then send it")
            assert deliveries_of(shop.store, draft.id or 0) == []
            await pilot.press("escape")
            await sees(pilot, "✓ Ready")
            await until(pilot, lambda: app.screen.query_one(SenderSelect).address == choices(shop.ws)[0].address)
            await pilot.pause(0.3)
            await pilot.press("f9")
            await until(pilot, lambda: answers)  # noqa: B023
            sent = only_delivery(shop, draft.id)
            assert sent.envelope.sender == choices(shop.ws)[0].address
            assert sent.number == str(int(number) + (change is _the_number_given))


async def test_a_preview_opens_while_the_one_before_is_being_removed(shop: Shop) -> None:
    """A screen stays among the children of the app until its workers have ended, which takes a while on a busy
    machine."""
    invoice, other = shop.draft().id or 0, shop.draft().id or 0
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, shop, invoice)
        first, second = app.screen, PreviewScreen(shop.ws, other, check_domain=lambda _address: None)
        assert isinstance(first, PreviewScreen)
        first.dismiss(None)
        assert first.is_attached
        await app.push_screen(second)
        await sees(pilot, "✓ Ready")
        assert app.screen is second


async def test_a_payment_in_another_window_is_shown_before_sending(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facturier.tui.window.company_watch._LOOK", 3600.0)
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, invoice.id)
        record_payment(shop.store, invoice.id or 0, shop.today, 5000)
        await pilot.press("f9")
        await sees(pilot, "Check the message, then send it")
    assert deliveries_of(shop.store, invoice.id or 0) == []


async def test_a_key_pressed_as_the_change_appears_does_not_confirm_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, draft.id)
        monkeypatch.setattr(held_key, "PATIENCE", 3600.0)  # so that the key always comes too early
        _another_rate(shop, draft)
        await sees(pilot, "1,048.95")
        await pilot.press("f9")
        await pilot.pause(0.3)
    assert deliveries_of(shop.store, draft.id or 0) == []


@pytest.mark.parametrize("opened_list", [False, True])
async def test_from_shows_the_address_that_replaced_the_one_before(shop: Shop, opened_list: bool) -> None:
    draft = shop.draft()
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop, draft.id)
            assert "billing@acme.example" in from_line(app)
            if opened_list:
                await pilot.press("enter", "down")
            set_connection(shop.store, "marie@acme.example", "somebody else's")
            await until(pilot, lambda: "marie@acme.example" in from_line(app))
            assert "billing@acme.example" not in text_of(app)
            select = app.screen.query_one(SenderSelect)
            assert (select.sender_kind, select.address) == (SenderKind.GMAIL, "marie@acme.example")
            if opened_list:  # the cursor is still on the default sender
                await pilot.press("enter")
                await until(pilot, lambda: "hello@acme.example" in from_line(app))
                assert select.sender_kind is SenderKind.DEFAULT


def from_line(app: FacturierApp) -> str:
    return next(line for line in text_of(app).splitlines() if line.strip().startswith("From"))


async def test_files_are_added_and_removed_from_the_editor_and_the_preview_and_sent(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "timesheet.pdf").write_bytes(b"%PDF-1.7 hours")
    (tmp_path / "setup.js").write_bytes(b"x" * 1_200_000)
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        app.push_screen(EditorScreen(shop.ws, draft.id))
        await sees(pilot, "Draft for Boulangerie")
        await keys(pilot, "ctrl+f", "=missing.pdf", "enter")
        await sees(pilot, "Cannot read")
        app.screen.query_one("#file", Field).text = "~/"
        await keys(pilot, "end", "=timesheet.pdf", "enter")
        await sees(pilot, "timesheet.pdf  1 KB")
        await keys(pilot, "escape")
        app.screen.query_one("#reference Input", Input).focus()
        await keys(pilot, "=PO 7", "f9")  # the draft has another version now, and can still be saved
        await sees(pilot, "(2 files, ")
        await until(pilot, lambda: "Invoice-1001-Acme-EU-x.pdf, timesheet.pdf" in " ".join(text_of(app).split()))
        await keys(pilot, "ctrl+f", "=setup.js", "enter")
        await sees(pilot, "setup.js  1.2 MB")
        await keys(pilot, "escape")
        await sees(pilot, "Gmail blocks files such as “setup.js”")
        await keys(pilot, "ctrl+f", "shift+tab", "down", "d")
        await sees(pilot, "Remove this file from the email?")
        await keys(pilot, "y")
        await until(pilot, lambda: "setup.js" not in text_of(app))
        await keys(pilot, "escape")
        await sees(pilot, "(2 files, ")
        await pilot.press("f9")
        await until(pilot, lambda: deliveries_of(shop.store, draft.id or 0))
    sent = message(shop, only_delivery(shop, draft.id))
    assert [(part.get_content_type(), part.get_filename()) for part in sent.iter_attachments()] == [
        ("application/pdf", "Invoice-1001-Acme-EU-x.pdf"),
        ("application/pdf", "timesheet.pdf"),
    ]
    assert [*sent.iter_attachments()][1].get_content() == b"%PDF-1.7 hours"
    assert shop.invoice(draft.id).reference == "PO 7"
    kinds = [journal_words(entry) for entry in read_journal(shop.store, draft.id)]
    assert "File removed from the email: setup.js" in kinds
