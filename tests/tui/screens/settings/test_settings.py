"""The settings: entries are checked beside their field, saved with one key, and never lost by going back."""

import threading
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, TextArea

from facturier.mail.senders.default import is_saved, save_sender
from facturier.mail.vault.approval import are_approved
from facturier.models.company.connection import end_connection, get_connection, set_connection
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.composition import Composition
from facturier.models.settings.company import AutomaticReminders, DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.text.i18n import speak, spoken
from facturier.tui.app import FacturierApp
from facturier.tui.screens.connect.screen import ConnectScreen
from facturier.tui.screens.preview.screen import PreviewScreen
from facturier.tui.screens.settings.entries.pane import Pane
from facturier.tui.screens.settings.screen import SettingsScreen
from facturier.tui.screens.settings.sections import sections
from facturier.tui.widgets.inputs.picker import Picker
from tests.tui.screens.settings.walking import opened, put, saved, words
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import ended, sees, text_of, until
from tests.tui.support.stand_in import at_link, connect, google_for, paste
from tests.tui.support.typing import keys

pytestmark = pytest.mark.usefixtures("little_garbage")

SIZES = ((80, 24), (120, 36))


async def test_the_company_email_is_where_the_path_says_and_is_kept(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        for size, name in zip(SIZES, ("billing", "sales"), strict=True):
            await pilot.resize_terminal(*size)
            before = read_company(shop.store).email
            answers = await opened(pilot, shop)
            await until(
                pilot,
                lambda: "Settings › Account and settings › Company › Contact info" in text_of(app).splitlines()[0],
            )
            await pilot.press("enter", "tab")  # from the list to the first field, and to the second
            await keys(pilot, f"={name}@acme.example")  # replaces what is there
            await sees(pilot, "● Not saved yet")
            assert read_company(shop.store).email == before
            await saved(pilot)
            assert read_company(shop.store).email == f"{name}@acme.example"
            await pilot.press("escape")
            await until(pilot, lambda: answers)  # noqa: B023


async def test_every_section_fits_and_is_reached_by_one_key(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        for section in sections(shop.today):
            assert section.title in text_of(app).splitlines()[0]
            pane = app.screen.query_one(f"#section-{section.id}")
            # The texts of all levels of reminders are one below the other.
            assert pane.max_scroll_y == 0 or section.id.startswith("reminders-")
            await pilot.press("ctrl+t")
        await until(pilot, lambda: "Contact info" in text_of(app).splitlines()[0])


WRONG = (
    ("name", "", "This cannot be empty."),
    ("email", "hello", "it has no @"),
    ("logo", "/nowhere/logo.png", "Cannot use the logo /nowhere/logo.png"),
    ("colour", "red", "six digits"),
    ("fonts", "~nobody", "Cannot find the folder ~nobody"),
    ("pay_link", "http://pay.example", "is not an https address"),
    ("iban", "DE00 1234", "is not a valid IBAN"),
    ("bic", "NO", "A BIC has 8 or 11"),
    ("sender-address", "nobody", "it has no @"),
    ("sender-folder", "nowhere", "Cannot find the folder nowhere"),
    ("undo", "000000000000000009", "from 0 to 3600"),
    ("copies", "nobody", "it has no @"),
    ("terms", "-1", "not a valid term"),
    ("next-invoice", "none", "Enter a whole number"),
    ("pattern-credit_note", "@{n}", "cannot start with “@”"),
    ("pattern-estimate", "{month}-{n}", "Example: F-{year}-{n:04}"),
    ("currency", "XYZ", "is not a currency"),
    ("rates", "GST nan", "is not a tax rate"),
    ("subject-en", "Invoice {nummer}", "Unknown placeholder {nummer}"),
    ("body-fr", "Bonjour {qui}", "Unknown placeholder {qui}"),
)


async def test_what_cannot_be_is_said_beside_the_field_and_kept_there(shop: Shop) -> None:
    company = read_company(shop.store)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        for entry, typed, sentence in WRONG:
            before = await put(pilot, entry, typed)
            await until(pilot, lambda: sentence in words(pilot))  # noqa: B023
            app.screen.query_one("#settings-list", OptionList).focus()
            await keys(pilot, "home", "ctrl+s")  # saves from another section
            await until(pilot, lambda: sentence in words(pilot))  # noqa: B023
            focused = app.focused
            assert focused is not None
            assert entry in {node.id for node in focused.ancestors}
            await put(pilot, entry, before)
            await until(pilot, lambda: sentence not in words(pilot))  # noqa: B023
        assert read_company(shop.store) == company


async def test_everything_is_read_again_as_it_was_saved(shop: Shop, tmp_path: Path) -> None:
    typed = {
        "contact": {
            "name": "Acme",
            "address": "12, rue X\nMontréal",
            "telephone": "514",
            "tax_numbers": "GST 1\nQST 2",
        },
        "payment": {"iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"},
        "sender": {
            "sender-kind": "smtp",
            "sender-address": "out@acme.example",
            "sender-host": "mail.acme.example",
            "sender-port": "587",
            "sender-security": "starttls",
            "sender-user": "acme",
        },
        "undo": {"undo": "30"},
        "copies": {"copies": "a@acme.example; Bo <b@acme.example>"},
        "numbers": {"terms": "2/10 net 14", "pattern-invoice": "A-{n}", "next-invoice": "2001", "currency": "eur"},
        "taxes": {"rates": "GST 5\nQST 9.975 %", "per_line": "line"},
        "letter-fr": {
            "subject-fr": "Facture {number}",
            "body-fr": "Bonjour {contact},\n\nvoici.",
        },
        "letter-credit_note-en": {"subject-credit_note-en": "Credit {number}"},
        "letter-estimate-fr": {"body-estimate-fr": "Valide jusqu’au {due}."},
        "statement-fr": {"statement-subject-fr": "Compte {period}", "statement-body-fr": "Solde {balance}."},
        "printed-fr": {"message-fr": "Merci", "pay-fr": "Par virement"},
        "reminders": {"automatic-on": "yes", "automatic-until": "7", "automatic-at": "8 h", "automatic-most": "5"},
        "language": {"language": "fr"},
    }
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, "contact")
        for entries in typed.values():
            for entry, text in entries.items():
                await put(pilot, entry, text)
                await pilot.pause()
        await saved(pilot)
        await pilot.press("escape")
    company = read_company(shop.store)
    assert (company.name, company.address, company.tax_numbers) == ("Acme", "12, rue X\nMontréal", "GST 1\nQST 2")
    assert (company.iban, company.bic) == ("DE89370400440532013000", "COBADEFFXXX")
    sender = company.sender
    assert (sender.kind, sender.host, sender.port, sender.security) == ("smtp", "mail.acme.example", 587, "starttls")
    assert (sender.address, sender.user) == ("out@acme.example", "acme")
    assert (company.undo, company.terms, company.next_number(shop.today), company.currency) == (30, 14, "A-2001", "EUR")
    assert company.terms_rule == "2/10"
    assert company.copies == "a@acme.example, b@acme.example"
    assert company.rates == (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))
    assert company.per_line
    assert company.subjects == {
        "invoice.fr": "Facture {number}",
        "credit_note.en": "Credit {number}",
        "statement.fr": "Compte {period}",
    }
    assert company.letters == {
        "invoice.fr": "Bonjour {contact},\n\nvoici.",
        "estimate.fr": "Valide jusqu’au {due}.",
        "statement.fr": "Solde {balance}.",
    }
    assert (company.messages, company.payment_texts) == ({"fr": "Merci"}, {"fr": "Par virement"})
    assert company.language == "fr"
    assert company.automatic_reminders == AutomaticReminders(on=True, at="08:00", until=7, most=5)


async def test_the_taxes_of_a_place_are_added_to_what_is_typed(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    speak("fr")
    try:
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await app.push_screen(SettingsScreen(shop.ws, "taxes"))
            await until(pilot, lambda: "TPS 5" in text_of(app) and "Choisir une province" in text_of(app))
            await put(pilot, "rates", "TVQ 14,975")
            await until(pilot, lambda: "n’autorise pas" in words(pilot))
            await put(pilot, "rates", "TPS 5")
            for place in ("CA-NS", "CA-QC"):
                app.screen.query_one("#tax-place Picker", Picker).value = place
                await until(pilot, lambda: app.screen.query_one("#tax-place Picker", Picker).value == "")
                await pilot.pause()
            typed = app.screen.query_one("#rates TextArea", TextArea).text.splitlines()
            await sees(pilot, "Taxes ajoutées\u00a0: Québec. ^z pour annuler.")
            await pilot.press("ctrl+z")
            rates = app.screen.query_one("#rates TextArea", TextArea)
            assert rates.text.splitlines() == typed[: rates.text.count("\n") + 1] != typed
            await pilot.press("ctrl+y")
            assert rates.text.splitlines() == typed
            assert typed[0] == "TPS 5"
            assert "TVH 14 à partir du 2025-04-01" in typed
            assert typed[-1] == "TVQ 9,975 à partir du 2013-01-01"
            await put(pilot, "inclusive", "with")
            await pilot.press("ctrl+s")
            await until(pilot, lambda: read_company(shop.store).inclusive)
    finally:
        speak("en")
    assert [rate.code for rate in read_company(shop.store).rates] == ["GST", "HST", "HST", "QST"]


async def test_a_template_put_back_to_the_built_in_one_is_kept_as_none(shop: Shop) -> None:
    save_company(shop.store, replace(read_company(shop.store), subjects={"invoice.en": "Bill {number}"}))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, "letter-en")
        await put(pilot, "subject-en", "")
        await sees(pilot, "Invoice 1001 from Acme [EU] [/x]")  # in the preview below
        await saved(pilot)
    assert read_company(shop.store).subjects == {}


async def test_a_section_is_made_when_it_is_first_wanted_and_stays(shop: Shop) -> None:
    """Creating all sections at once would take more than a second."""
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        assert [pane.section.id for pane in app.screen.query(Pane)] == ["contact"]
        await put(pilot, "pattern-invoice", "F-{year}-{n:04}")
        await sees(pilot, f"Next: invoice F-{shop.today.year}-0001, credit note CN-1")
        assert app.screen.query_one("#next-invoice Input", Input).value == "1"  # that of the new pattern
        await pilot.press("ctrl+t")
        await sees(pilot, "Tax rates")
        assert [pane.section.id for pane in app.screen.query(Pane)] == ["contact", "numbers", "taxes"]
        await saved(pilot)
    assert read_company(shop.store).next_number(shop.today) == f"F-{shop.today.year}-0001"


async def test_a_letter_is_previewed_as_it_is_typed(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, "letter-en")
        await put(pilot, "body-en", "Dear {contact}, [b]{number}[/b]")
        await sees(pilot, "Dear Marie, [b]1001[/b]")


async def test_a_number_that_is_taken_is_refused_at_its_field(shop: Shop) -> None:
    shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "next-invoice", "1001")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Number 1001 is already used." in words(pilot))
        assert app.focused is app.screen.query_one("#next-invoice Input")
    assert read_company(shop.store).next_number(shop.today) == "1002"


async def test_what_another_window_changed_meanwhile_stays(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        save_company(shop.store, replace(read_company(shop.store), name="Acme Ltd", terms=7))
        await put(pilot, "telephone", "514 555-0182")
        await saved(pilot)
    company = read_company(shop.store)
    assert (company.name, company.terms, company.telephone) == ("Acme Ltd", 7, "514 555-0182")


async def test_leaving_with_something_unsaved_asks_and_names_it(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop)
        await put(pilot, "telephone", "514")
        await pilot.pause()
        await pilot.press("ctrl+q", "ctrl+q")  # the second one does not ask again
        await until(pilot, lambda: "Quit without saving?" in words(pilot))
        await pilot.press("n")
        assert isinstance(app.screen, SettingsScreen)
        await pilot.press("escape")
        await until(pilot, lambda: "Not saved yet: Telephone." in words(pilot))
        await pilot.press("n")
        assert app.screen.query_one("#telephone Input", Input).value == "514"
        await pilot.press("escape")
        await until(pilot, lambda: "Close without saving?" in words(pilot))
        await pilot.press("y")
        await until(pilot, lambda: answers)
        await opened(pilot, shop)
        await put(pilot, "telephone", "514")
        await pilot.press("ctrl+q", "y")
        await ended(app)
    assert read_company(shop.store).telephone == ""


async def test_the_default_sender_is_checked_as_it_is_typed(shop: Shop, tmp_path: Path) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        gone = DefaultSender(kind="folder", address="hello@acme.example", folder=str(tmp_path / "gone"))
        save_company(shop.store, replace(read_company(shop.store), practice=str(shop.mail)))
        await opened(pilot, shop, "sender")
        await pilot.press("f10")
        await until(pilot, lambda: "Demo: not checked." in words(pilot))  # in the demo, mail always goes to a folder
        await pilot.press("escape")
        save_company(shop.store, replace(read_company(shop.store), sender=gone, practice=""))
        await opened(pilot, shop, "sender")
        await pilot.press("f10")
        await until(pilot, lambda: f"Create the folder {tmp_path / 'gone'}?" in words(pilot))
        await pilot.press("n")  # goes to the problem, and checks nothing
        await until(pilot, lambda: app.focused is app.screen.query_one("#sender-folder Input"))
        await until(pilot, lambda: "Cannot find the folder" in words(pilot))
        await pilot.press("f10")
        await until(pilot, lambda: "Create the folder" in words(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "✓ It works. Nothing was sent." in words(pilot))
        assert "Cannot find the folder" not in words(pilot)
        assert (tmp_path / "gone").is_dir()
        await put(pilot, "sender-kind", "smtp")
        await sees(pilot, "Mail server")
        assert not app.screen.query_one("#sender-folder").display
        await put(pilot, "sender-host", "127.0.0.1")
        await put(pilot, "sender-port", "1")
        await put(pilot, "sender-security", "none")
        await pilot.pause()
        await pilot.press("f10")
        await until(pilot, lambda: "✗ Cannot reach the mail server 127.0.0.1" in words(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Saved. The check failed." in text_of(app).splitlines()[0])
        assert "Saved. The check failed: Cannot reach the mail server 127.0.0.1" in words(pilot)
        await put(pilot, "sender-port", "99999")
        await put(pilot, "sender-user", "")
        await pilot.press("f10")
        await until(pilot, lambda: app.focused is app.screen.query_one("#sender-port Input"))
        await put(pilot, "sender-port", "2")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "✓ Saved" in text_of(app).splitlines()[0])  # the check was about another port
        assert "The check failed" not in text_of(app)


async def test_the_mail_password_goes_into_the_vault_and_nowhere_else(shop: Shop) -> None:
    with google_for(shop):
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop, "sender")
            await put(pilot, "sender-kind", "smtp")
            await put(pilot, "sender-host", "mail.acme.example")
            await put(pilot, "sender-password", " s3cret ")
            await pilot.pause()
            assert "s3cret" not in text_of(app)
            await saved(pilot)
            assert app.screen.query_one("#sender-password Input", Input).value == ""
        assert shop.ws.keys.vault.read().smtp_password == " s3cret "
    assert b"s3cret" not in shop.store.path.read_bytes()


async def test_the_gmail_address_is_connected_checked_and_removed_from_the_settings(shop: Shop) -> None:
    with google_for(shop) as google:
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop, "sending")
            await until(pilot, lambda: "No Gmail address is connected." in words(pilot))
            await pilot.press("enter", "enter")
            await until(pilot, lambda: isinstance(app.screen, ConnectScreen))
            link = await at_link(pilot, google)
            paste(app, google.allow(link))
            await sees(pilot, "✓ billing@acme.example")
            app.screen.query_one("#gmail-list").focus()
            await pilot.press("home", "enter")
            await until(pilot, lambda: "✓ It works: Google lets this company send." in words(pilot))
            google.end()
            await pilot.press("enter")
            await until(pilot, lambda: "Google has ended the connection" in words(pilot))
            await pilot.press("end", "enter")
            await until(pilot, lambda: "Remove Gmail address?" in words(pilot))
            await pilot.press("y")
            await until(pilot, lambda: "No Gmail address is connected." in words(pilot))
    assert get_connection(shop.store) is None


async def test_removed_without_a_default_sender_it_offers_to_set_one_up(shop: Shop) -> None:
    save_company(shop.store, replace(read_company(shop.store), sender=DefaultSender()))
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop, "sending")
            await sees(pilot, "✓ billing@acme.example")
            await pilot.press("enter", "end", "enter")
            await until(pilot, lambda: "There is no default sender" in words(pilot))
            await pilot.press("y")
            await until(pilot, lambda: "Set up a default sender now?" in words(pilot))
            await pilot.press("y")
            await until(pilot, lambda: "Default sender" in text_of(app).splitlines()[0])
    assert get_connection(shop.store) is None


async def test_the_settings_show_the_address_that_another_window_connected(shop: Shop) -> None:
    with google_for(shop) as google:
        connect(shop, google)
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop, "sending")
            await sees(pilot, "✓ billing@acme.example")
            set_connection(shop.store, "marie@acme.example", "somebody else's")
            await sees(pilot, "✓ marie@acme.example")
            assert "billing@acme.example" not in text_of(app)


async def test_an_ended_connection_says_so_and_offers_to_reconnect(shop: Shop) -> None:
    with google_for(shop) as google:
        connect(shop, google)
        end_connection(shop.store, shop.ws.connection(), "Google ended it.")
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await opened(pilot, shop, "sending")
            await until(pilot, lambda: "⚠ billing@acme.example" in words(pilot))
            assert "Google ended it." in words(pilot)
            await sees(pilot, "↻ Reconnect…")


async def test_the_language_of_the_screens_is_the_persons_own(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    draft_id = shop.draft().id
    assert draft_id is not None
    made, compose, composing = PreviewScreen._made, PreviewScreen.compose, threading.Event()

    def make_late(screen: PreviewScreen, composition: Composition) -> Any:
        """Create the message while the screen is composed again in the other language."""
        found = made(screen, composition)
        composing.wait(20)
        return found

    def compose_slowly(screen: PreviewScreen) -> ComposeResult:
        composing.set()
        time.sleep(0.2)  # for the thread
        yield from compose(screen)

    monkeypatch.setattr(PreviewScreen, "_made", make_late)
    app = FacturierApp(shop.ws)
    try:
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await app.push_screen(PreviewScreen(shop.ws, draft_id))
            await put(pilot, "cc", "typed@acme.example")
            monkeypatch.setattr(PreviewScreen, "compose", compose_slowly)
            await opened(pilot, shop, "language")
            await put(pilot, "screens-language", "fr")
            await pilot.pause()
            await pilot.press("ctrl+s")
            await until(pilot, lambda: spoken() == "fr")
            assert shop.ws.preferences().language == "fr"
            await until(
                pilot, lambda: "Compte et paramètres › Langue" in text_of(app) and "✓ Enregistré" in text_of(app)
            )
            await pilot.press("escape")
            await until(pilot, lambda: "F9 Envoyer" in text_of(app) and "typed@acme.example" in text_of(app))
            await sees(pilot, "Objet")
            await pilot.press("escape")
            await until(pilot, lambda: "n Créer" in text_of(app) and "Échéance" in text_of(app))
            await pilot.app.push_screen(SettingsScreen(shop.ws))
            await sees(pilot, "Paramètres › Compte et paramètres")
            await sees(pilot, "Coordonnées")
    finally:
        speak("en")


async def test_only_saving_where_the_default_sender_is_shown_vouches_for_it(shop: Shop, tmp_path: Path) -> None:
    """Somebody who may not send has written another folder into the file."""
    here = read_company(shop.store)
    folder = DefaultSender("folder", "hello@acme.example", folder=str(tmp_path))
    save_sender(shop.ws, replace(here, sender=folder), before=here, shown=here, password="begins a vault")
    elsewhere = replace(folder, folder=str(tmp_path / "elsewhere"))
    save_company(shop.store, replace(read_company(shop.store), sender=elsewhere))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "telephone", "+1 514 555 0100")
        await saved(pilot)
        assert not is_saved(shop.ws, read_company(shop.store))
        await put(pilot, "telephone", "+1 514 555 0101")
        listed = app.screen.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index("sender")
        await until(pilot, lambda: str(tmp_path)[:20] in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: is_saved(shop.ws, read_company(shop.store)))


async def test_a_member_who_saves_the_reminders_approves_them(shop: Shop) -> None:
    """Somebody who may not send has switched them on."""
    here = read_company(shop.store)
    save_sender(shop.ws, here, before=here, shown=here, password="begins a vault")
    save_company(shop.store, replace(here, automatic_reminders=AutomaticReminders(on=True)))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await put(pilot, "telephone", "+1 514 555 0100")
        await saved(pilot)
        assert not are_approved(shop.ws, read_company(shop.store))
        await put(pilot, "automatic-most", "30")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: are_approved(shop.ws, read_company(shop.store)))
        # What the member changes elsewhere stays approved.
        await put(pilot, "iban", "DE89 3704 0044 0532 0130 00")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read_company(shop.store).iban != "")
        await until(pilot, lambda: are_approved(shop.ws, read_company(shop.store)))
