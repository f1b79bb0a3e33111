"""Presets and the key file: what they change, and how mistakes are reported."""

import json
from pathlib import Path

import pytest

from facturier.tui.app import FacturierApp
from facturier.tui.keymap.catalogue import owners
from facturier.tui.keymap.key_file import KeyFile, read_key_file
from facturier.tui.keymap.key_map import changed_keys, clashes, key_problems
from facturier.tui.keymap.presets import PRESETS
from facturier.tui.screens.dialogs.palette.palette import PaletteScreen
from facturier.tui.screens.invoice.payments.payment import PaymentScreen
from facturier.tui.screens.settings.screen import SettingsScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, until
from tests.whole.program import Program

MISTAKEN = """preset = "vim"
theme = "dark"

[keys]
"list.pay" = "K"
list.copy = "p"
"list.nothing" = "9"
"list.search" = "ctrl+wobble"
"list.sort" = "c,/"
"alerts.open" = "k"
"list.new" = 5
"""
COMPLAINTS = """line 2: Unknown setting “theme”
line 8: “ctrl+wobble” is not a key.
line 11: Write keys in quotes
line 7: Unknown action “list.nothing”
line 10: “k” is needed for typing there.
line 9: “/” is also the key for “Search” (list.search).""".splitlines()


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_name_actions_that_exist_and_do_not_clash(preset: str) -> None:
    known = {binding.id for owner in owners() for binding in owner.bindings}
    assert set(PRESETS[preset]) - known == set()
    assert list(clashes(PRESETS[preset])) == []


def test_mistakes_in_the_key_file_are_named_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(MISTAKEN, encoding="utf-8")
    file = read_key_file(path)
    changed = changed_keys(file, "emacs")
    assert changed["rows.page_down"] == PRESETS["vim"]["rows.page_down"]
    assert (changed["list.pay"], changed["list.copy"], changed["list.sort"]) == ("K", "p", "c,slash")
    problems = key_problems(path, file, changed)
    assert [said.removeprefix("keys.toml, ")[: len(told)] for said, told in zip(problems, COMPLAINTS, strict=True)] == (
        COMPLAINTS
    )
    path.write_text("[keys\n", encoding="utf-8")
    [problem] = read_key_file(path).problems
    assert "line 1" in problem
    assert read_key_file(tmp_path / "none.toml") == KeyFile()


async def test_the_key_file_is_in_effect_from_the_first_key_and_mistakes_are_a_notice(shop: Shop) -> None:
    shop.issued()
    path = shop.ws.locations.key_file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('[keys]\n"list.pay" = "9"\n"list.send" = "S"\n"list.nothing" = "8"\n', encoding="utf-8")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await sees(pilot, "keys.toml, line 4: Unknown action “list.nothing”")
        await sees(pilot, "9 Payment")
        await sees(pilot, "S Send")
        await pilot.press("p")
        await pilot.press("9")
        await until(pilot, lambda: isinstance(app.screen, PaymentScreen))
        await pilot.press("escape", "space")
        await sees(pilot, "s Send marked")  # this command has the same key


async def test_a_preset_is_chosen_in_the_settings_and_kept(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        app.push_screen(SettingsScreen(shop.ws, "keyboard"))
        await sees(pilot, "emacs")
        await pilot.press("tab", "g", "j", "G", "k", "j", "enter")
        await sees(pilot, "● emacs")
        assert shop.ws.preferences().keys == "emacs"
        await pilot.press("shift+tab", "alt+x")
        await until(pilot, lambda: isinstance(app.screen, PaletteScreen))


def test_a_command_lists_the_keys_in_effect_and_checks_the_file(tmp_path: Path) -> None:
    program = Program(tmp_path)
    found = {one["id"]: one for one in json.loads(program.good("keys", "--json"))}
    assert (found["rows.page_down"]["keys"], found["rows.page_down"]["description"]) == (["pagedown"], "Page down")
    home = Path(program.environment["FACTURIER_HOME"])
    home.mkdir(exist_ok=True)
    (home / "keys.toml").write_text('preset = "vim"\n[keys]\n"rows.nothing" = "x"\n', encoding="utf-8")
    done = program.run("keys")
    assert done.returncode == 1
    assert "line 3: Unknown action “rows.nothing”" in done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("rows.page_down ")]
    assert line.split() == ["rows.page_down", "pagedown,ctrl+f", "Page", "down"]
