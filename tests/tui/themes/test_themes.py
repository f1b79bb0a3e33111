"""All text is readable in every theme: the contrast of what is drawn meets WCAG 2.2 (success criterion 1.4.3)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color import Color

import facturier.tui
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.palette.palette import PaletteScreen
from facturier.tui.themes.theme import NAMES, chosen_theme
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import until
from tests.tui.support.typing import keys

TEXT, GRAPHIC = 4.5, 3.0  # 1.4.3 for text, and 1.4.11 for other parts such as scrollbars and rules
_GRAPHIC = re.compile(r"[\s\u2500-\u259f]*")
# Colours that can be read on the terminal's background, whether it is white or black.
ON_EITHER = {None, 1, 2, 5, 6}  # the default colour, red, green, magenta, cyan


def luminance(colour: Color) -> float:
    assert colour.triplet is not None, f"{colour} is not of the theme"
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.triplet.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Return the contrast, from 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def drawn(app: FacturierApp) -> Iterator[tuple[str, Color, Color, bool]]:
    """Yield each text on the screen with its colours, and whether it is drawn in reverse."""
    for line in app.screen._compositor.render_strips():
        for text, style, _control in line:
            if text.strip():
                assert style is not None
                default = Color.default()
                yield text.strip(), style.color or default, style.bgcolor or default, bool(style.reverse)


async def test_every_text_can_be_read_in_every_theme(shop: Shop) -> None:
    shop.sent("Garage Lévesque")
    shop.failed("Atelier Côté")
    shop.doubtful("Clinique du Parc")
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    screens = {
        "invoice": ("end", "enter"),
        "list": ("escape", "home", "space"),
        "editor": ("enter", "tab", "tab"),
        "preview": ("f9",),
        "open choice": ("shift+tab", "enter"),
        "settings": ("escape", "escape", "escape", "comma", "tab", "down"),
        "dialog": ("escape", "escape", "y", "f"),
        "palette": ("escape", "colon"),
        "help": ("escape", "question_mark"),
    }
    assert draft.id is not None
    async with app.run_test(size=(120, 36)) as pilot:
        for screen, typed in screens.items():
            for key in typed:
                await keys(pilot, key)
                await pilot.pause()
            for name in (*NAMES[1:], NAMES[0]):
                app.use_theme(name)
                await pilot.pause()
                for text, colour, ground, reverse in drawn(app):
                    where = f"{text!r} on {screen} in {name}: {colour.name} on {ground.name}"
                    if name == "terminal":
                        assert colour.is_system_defined or colour.is_default, where
                        readable = not ground.is_default or reverse or colour.number in ON_EITHER
                        assert readable or _GRAPHIC.fullmatch(text), where
                    else:
                        least = GRAPHIC if _GRAPHIC.fullmatch(text) else TEXT
                        assert contrast(colour, ground) >= least, f"{where}, {contrast(colour, ground):.2f}:1"


async def test_a_theme_is_chosen_in_the_palette_and_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "colon")
        assert isinstance(app.screen, PaletteScreen)
        await keys(pilot, "=theme: dark", "enter")
        await until(pilot, lambda: app.theme == "dark" and shop.ws.preferences().theme == "dark")
    again = FacturierApp(shop.ws)
    async with again.run_test(size=(80, 24)) as pilot:
        assert again.theme == "dark"


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "dark"),
        ({"FACTURIER_THEME": "light"}, "light"),
        ({"FACTURIER_THEME": "purple"}, "dark"),
        ({"NO_COLOR": "1"}, "terminal"),
        ({"TERM": "linux"}, "terminal"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "dark"),
    ],
)
def test_the_environment_chooses_the_theme(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], name: str
) -> None:
    for variable in ("FACTURIER_THEME", "NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in ({"TERM": "xterm-256color"} | environment).items():
        monkeypatch.setenv(variable, value)
    assert chosen_theme("dark") == name


def test_colours_are_named_in_the_themes_only() -> None:
    package = Path(facturier.tui.__file__).parent
    colour = re.compile(r'"(?:[a-z]+ )*(?:bright_)?(?:red|yellow|green|cyan|magenta|blue|black|white)"|ansi_[a-z]+')
    found = [
        f"{path.name}: {name[0]}"
        for path in (*package.rglob("*.py"), *package.parent.glob("*.tcss"))
        if "theme" not in path.name
        for name in colour.finditer(path.read_text())
        if name[0] not in ("ansi_color", "ansi_theme", "ansi_codes", "ansi_sequences")
    ]
    assert not found
