"""The palette and the help, which show the available commands."""

from collections.abc import Iterator

import pytest
from textual.widgets import Input, OptionList

from facturier.models.text.i18n import _, speak
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.help import HelpBody, HelpScreen
from facturier.tui.screens.dialogs.palette.palette import PaletteScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.screens.settings.screen import SettingsScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys

# Words that people type, and the command that should come first, in English and in French.
WANTED = {
    "bill": ("New", "Créer"),
    "nouvelle": ("New", "Créer"),
    "duplicate": ("Duplicate", "Dupliquer"),
    "dupliquer": ("Duplicate", "Dupliquer"),
    "encaisser": ("Payment", "Paiement"),
    "receive": ("Payment", "Paiement"),
    "refund": ("Payment", "Paiement"),
    "rembourser": ("Payment", "Paiement"),
    "remboursement": ("Payment", "Paiement"),
    "rapport": ("Reports", "Rapports"),
    "backup": ("Export the company", "Exporter l’entreprise"),
    "sauvegarde": ("Export the company", "Exporter l’entreprise"),
    "exit": ("Quit", "Quitter"),
    "remind": ("Reminders due today", "Rappels du jour"),
    "relance": ("Reminders due today", "Rappels du jour"),
    "tax": ("Settings: Taxes", "Paramètres : Taxes"),
    "tps": ("Settings: Taxes", "Paramètres : Taxes"),
    "french": ("Settings: Language", "Paramètres : Langue"),
    "langue": ("Settings: Language", "Paramètres : Langue"),
    "logo": ("Settings: Appearance", "Paramètres : Apparence"),
    "aging": ("Report: Aging", "Rapport : Âge des comptes"),
    "revenue": ("Report: Sales by month", "Rapport : Ventes par mois"),
    "smtp": ("Settings: Default sender", "Paramètres : Expéditeur par défaut"),
}


@pytest.fixture
def in_english_again() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.parametrize("place", [0, 1], ids=["en", "fr"])
async def test_commands_are_found_by_what_people_call_them(shop: Shop, place: int, in_english_again: None) -> None:
    speak(["en", "fr"][place])
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, PaletteScreen))
        options, field = app.screen.query_one(OptionList), app.screen.query_one(Input)
        for typed, names in WANTED.items():
            field.value = typed
            await pilot.pause()
            shown = " ".join(str(options.get_option_at_index(0).prompt).split())
            assert names[place].casefold() in shown.replace("\u00a0", " ").casefold(), (typed, shown)
        field.value = "report"  # after “Report a bounce”
        await pilot.pause()
        assert any(f" {_('Reports')}" in str(option.prompt) for option in options.options)
        field.value = "sent"  # the letters of “Settings: Contact info”, too, but words match
        await pilot.pause()
        assert not any(f" {_('Contact info')}" in str(option.prompt) for option in options.options)


async def test_the_palette_pages_says_when_nothing_matches_and_goes_where_it_says(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon", "pagedown", "pagedown")
        options = app.screen.query_one(OptionList)
        await until(pilot, lambda: (options.highlighted or 0) > 15)
        await pilot.press("pageup", "pageup")
        await until(pilot, lambda: options.highlighted == 0)
        await keys(pilot, "=zebra")
        await sees(pilot, "Nothing matches “zebra”.")
        await pilot.press("enter")  # on nothing
        assert isinstance(app.screen, PaletteScreen)
        app.screen.query_one(Input).value = "gst"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and "› Taxes" in text_of(app))


def words_at_right(line: str) -> bool:
    """Return whether a line of the help has two commands side by side."""
    return "Create an inv" in line and bool(line[60:].strip())


async def test_help_is_searched_and_uses_the_width(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark", "slash", *"outb")
        await until(pilot, lambda: "Outbox" in text_of(app) and "Duplicate" not in text_of(app))
        await pilot.press("escape")  # ends the search
        await sees(pilot, "Create an invoice.")
        await until(pilot, lambda: app.screen.query_one(HelpBody).max_scroll_y > 0)  # laid out again
        assert not any(words_at_right(line) for line in text_of(app).split("\n"))
        await pilot.press("G")
        await until(pilot, lambda: "Create an invoice." not in text_of(app))
        await pilot.press("g")
        await pilot.resize_terminal(120, 24)
        await until(pilot, lambda: any(words_at_right(line) for line in text_of(app).split("\n")))
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("f3", "f1")  # a dialog, where no command without a key can be run
        await sees(pilot, "Open a company by its path.")
        assert "Commands without a key" not in text_of(app)


async def test_a_scrollbar_that_goes_away_leaves_its_column_to_the_list(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, PaletteScreen))
        options = app.screen.query_one(OptionList)
        await until(pilot, lambda: options.vertical_scrollbar in app.screen._compositor.visible_widgets)
        await keys(pilot, *"apply")
        await until(pilot, lambda: options.vertical_scrollbar not in app.screen._compositor.visible_widgets)
        await sees(pilot, "…  │")  # the end of a long line
