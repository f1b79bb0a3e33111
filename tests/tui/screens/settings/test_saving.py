"""Saving the settings: two windows at once, typing during a save, and a program that ends without asking."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from textual.events import Key
from textual.widgets import Input, TextArea

from facturier.mail.senders.default import save_sender
from facturier.models.books.invoice import Invoice
from facturier.models.company.save_settings import save_company
from facturier.models.company.user import Preferences, change_preferences
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.settings.company import Company
from facturier.models.settings.reminders import DEFAULT_LEVELS
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.leaving.typed_copy import kept_aside
from facturier.tui.screens.dialogs.leaving.typing_copy import take_over_copies
from facturier.tui.screens.settings.screen import SettingsScreen
from facturier.tui.widgets.inputs.picker import Picker
from tests.tui.screens.settings.walking import opened, put, saved, words
from tests.tui.support.sample import Shop, other_window
from tests.tui.support.screen_text import ended, sees, until

pytestmark = pytest.mark.usefixtures("little_garbage")


@contextmanager
def being_saved(store: Store, draft: Invoice | None = None, **changes: object) -> Iterator[None]:
    """Save these settings in another window and issue a draft, which holds the company file until the end of the
    block."""
    locked, go = threading.Event(), threading.Event()

    def save() -> None:
        with store.writing():
            save_company(store, replace(read_company(store), **changes))  # type: ignore[arg-type]
            if draft is not None:
                issue_invoice(store, draft)
            locked.set()
            go.wait(20)

    thread = threading.Thread(target=save)
    thread.start()
    assert locked.wait(20)
    try:
        yield
    finally:
        go.set()
        thread.join()


def _saves(app: FacturierApp) -> int:
    return sum(worker.group == "settings-save" and worker.is_running for worker in app.workers)


async def begin_to_save(app: FacturierApp) -> None:
    """Press the key while another window holds the file. The pilot would wait for the save, until it gives up."""
    app.post_message(Key("ctrl+s", None))
    before = _saves(app)
    for _turn in range(500):
        if _saves(app) > before:
            break
        await asyncio.sleep(0.01)
    assert _saves(app) > before
    await asyncio.sleep(0.2)


async def test_two_windows_that_save_at_once_keep_both_changes(shop: Shop) -> None:
    draft = shop.draft()
    other, app = other_window(shop), FacturierApp(shop.ws)
    letters = {"invoice.fr": "Bonjour {contact}"}
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "telephone", "514 555-0182")
        await put(pilot, "body-en", "Dear {contact}")
        with being_saved(other, draft, name="Acme Ltd", terms=7, letters=letters):
            await begin_to_save(app)
        await sees(pilot, "✓ Saved")
        # What is shown is what is stored.
        await put(pilot, "telephone", "514 555-0183")
        assert app.screen.query_one("#name Input", Input).value == "Acme Ltd"
        # A company that is changed while the settings are open keeps what they do not show.
        await saved(pilot)
    company = read_company(shop.store)
    assert (company.name, company.terms, company.telephone) == ("Acme Ltd", 7, "514 555-0183")
    assert company.letters == {**letters, "invoice.en": "Dear {contact}"}
    assert company.next_number(shop.today) == "1002"


async def test_a_field_that_another_window_changed_is_told_and_replaced_only_when_saved_again(shop: Shop) -> None:
    app = FacturierApp(shop.ws)

    def change(**changes: object) -> Company:
        save_company(shop.store, replace(read_company(shop.store), **changes))  # type: ignore[arg-type]
        return read_company(shop.store)

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "telephone", "514 555-0182")
        await put(pilot, "email", "mine@acme.example")
        theirs = change(email="theirs@acme.example")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Meanwhile this was changed to: theirs@acme.example" in words(pilot))
        assert app.focused is app.screen.query_one("#email Input")
        assert read_company(shop.store) == theirs  # all of it or nothing
        await saved(pilot)
        assert read_company(shop.store) == replace(theirs, email="mine@acme.example", telephone="514 555-0182")
        # Both typed the same.
        await put(pilot, "currency", "eur")
        change(currency="EUR")
        await saved(pilot)
        # A choice of the person that another window of theirs changed stays as it is there.
        await put(pilot, "screens-glyphs", "ascii")
        change_preferences(shop.ws.locations.data, lambda kept: kept._replace(theme="dark"))
        await saved(pilot)
        assert shop.ws.preferences() == Preferences(theme="dark", glyphs="ascii")
        # A level that the other window removed has no text any more.
        await put(pilot, "reminder-en-7", "Please pay {number}.")
        change(reminders=tuple(level for level in DEFAULT_LEVELS if level.days != 7))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Another window removed this reminder level." in words(pilot))
        await sees(pilot, "● Not saved yet")
        assert app.screen.query_one("#reminder-en-7 TextArea", TextArea).text == "Please pay {number}."


async def test_what_is_typed_during_a_save_is_still_there_and_not_called_saved(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "sender-host", "")
        await put(pilot, "levels", "7, 30 days after")  # each level has a text, so that the screen is composed again
        await put(pilot, "name", "Acme")
        with being_saved(other_window(shop), undo=20, telephone="theirs"):
            await begin_to_save(app)
            for field, text in (
                ("name", "Acme and sons"),
                ("telephone", "514 555-0182"),
                ("sender-password", "canary"),
            ):
                app.screen.query_one(f"#{field} Input", Input).value = text
            app.screen.query_one("#sender-kind Picker", Picker).value = "smtp"
            await asyncio.sleep(0.1)
        await until(pilot, lambda: len(read_company(shop.store).levels) == 2)
        await sees(pilot, "● Not saved yet")
        assert read_company(shop.store).name == "Acme"
        await put(pilot, "sender-host", "mail.acme.example")
        assert app.screen.query_one("#sender-password Input", Input).value == "canary"
        await put(pilot, "undo", "30")
        # The other window has saved a telephone number meanwhile, which this one has not shown.
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Meanwhile this was changed to: theirs." in words(pilot))
        await saved(pilot)
    company = read_company(shop.store)
    assert (company.name, company.telephone, company.undo) == ("Acme and sons", "514 555-0182", 30)


async def test_what_is_typed_is_kept_if_the_terminal_closes_and_told_at_the_next_start(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "body-en", "Dear {contact},\n\nhalf a sen")
        await put(pilot, "sender-kind", "smtp")
        await put(pilot, "sender-password", "canary")
        await put(pilot, "telephone", "514 555-0182")
        data = shop.ws.locations.data
        await until(pilot, lambda: any("0182" in copy.read_text() for copy in data.glob("unsaved/*/*.txt")))
        assert "canary" not in "".join(copy.read_text() for copy in data.glob("unsaved/*/*.txt"))
        take_over_copies(data)  # another window starts meanwhile, and leaves it alone
        assert kept_aside(data) == []
        app.hang_up()
        await ended(app)
    assert "half a sen" not in str(read_company(shop.store))  # it would be sent
    [kept] = kept_aside(shop.ws.locations.data)
    text = kept.read_text()
    assert "Dear {contact},\n\nhalf a sen" in text
    assert "514 555-0182" in text
    assert "canary" not in text
    assert kept.stat().st_mode & 0o777 == 0o600
    again = FacturierApp(shop.ws)
    async with again.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "Texts that were not")


async def test_nothing_is_kept_of_what_was_saved_or_given_up(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "telephone", "514 555-0182")
        await saved(pilot)
        await put(pilot, "telephone", "given up")
        await pilot.press("ctrl+q")
        await sees(pilot, "Quit without saving?")
        await pilot.press("y")
        await ended(app)
    assert kept_aside(shop.ws.locations.data) == []
    assert list((shop.ws.locations.data / "unsaved").glob("*")) == []


async def test_saving_twice_in_a_row_saves_once_and_hidden_fields_do_not_prevent_it(shop: Shop) -> None:
    here = read_company(shop.store)
    save_sender(shop.ws, here, before=here, shown=here, password="begins a vault")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "sender-kind", "smtp")
        await put(pilot, "sender-host", "127.0.0.1")
        await put(pilot, "sender-password", "canary")
        with being_saved(other_window(shop), undo=20, telephone="theirs"):
            await begin_to_save(app)
            await begin_to_save(app)
        await sees(pilot, "✓ Saved")
        assert isinstance(app.screen, SettingsScreen)
        await put(pilot, "sender-port", "99999")
        await put(pilot, "sender-kind", "")
        await sees(pilot, "● Not saved yet")
        await pilot.pause(0.3)  # the fields of a mail server disappear
        await saved(pilot)
        assert isinstance(app.screen, SettingsScreen)
    sender = read_company(shop.store).sender
    assert (sender.kind, sender.host, sender.port) == ("", "127.0.0.1", 465)


async def test_a_text_that_is_too_long_is_refused_at_its_field(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "body-en", "x" * 60_000)
        await put(pilot, "telephone", "514")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.focused is app.screen.query_one("#body-en TextArea"))
        await until(pilot, lambda: "too long" in words(pilot) or "at most" in words(pilot))
