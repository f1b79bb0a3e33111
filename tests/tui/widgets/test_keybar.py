"""The key bar: it shows what fits, and always the keys to go back and for help."""

from typing import ClassVar

import pytest
from rich.text import Text
from textual.app import App, ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from facturier.tui.app import FacturierApp
from facturier.tui.widgets.keybar import KeyBar, key_name
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees


class Keys(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "one", "Save and send it"),
        Binding("ctrl+d", "two", "Duplicate this line"),
        Binding("ctrl+k", "three", "Remove this line"),
        Binding("escape", "four", "Back"),
        Binding("v", "five", "Void", show=False, id="keys.five"),
        Binding("x", "six", "Remove a payment", show=False, id="keys.six"),
        Binding("down", "down", "Down", show=False, id="keys.down"),
    ]

    def compose(self) -> ComposeResult:
        yield KeyBar()

    def action_three(self) -> None:
        self.notify("removed")


class Question(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "Save a copy elsewhere"),
        Binding("n,escape", "no", "Stay here"),
    ]

    def compose(self) -> ComposeResult:
        yield KeyBar()


class Program(App[None], inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help", priority=True),
        Binding("ctrl+p", "palette", "All"),
    ]
    ENABLE_COMMAND_PALETTE = False

    def get_default_screen(self) -> Screen[None]:
        return Keys()


def test_keys_are_named_by_what_is_typed() -> None:
    keys = [
        "asterisk",
        "apostrophe",
        "dollar_sign",
        "plus",
        "equals_sign",
        "comma",
        "O",
        "f9",
        "ctrl+c",
        "tab",
        "home",
        "at",
        "slash",
        "alt+less_than_sign",
    ]
    assert " ".join(map(key_name, keys)) == "* ' $ + = , O F9 ^c tab home @ / alt+<"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (
            140,
            "F9 Save and send it   ^d Duplicate this line   ^k Remove this line   esc Back   v Void"
            "   x Remove a payment   F1 Help   ^p All",
        ),
        (100, "F9 Save and send it  ^d Duplicate this line  ^k Remove this line  esc Back  v Void  F1 Help  ^p All"),
        (84, "F9 Save and send it  ^d Duplicate this line  ^k Remove this line  esc Back  F1 Help"),
        (70, "F9 Save and send it   ^d Duplicate this line   esc Back   F1 Help"),
        (40, "F9 Save and send it  esc Back  F1 Help"),
        (20, "esc Back   F1 Help"),
    ],
)
async def test_a_narrow_bar_drops_the_palette_first_and_keeps_help_and_back(width: int, shown: str) -> None:
    app = Program()
    async with app.run_test(size=(width, 5)) as pilot:
        await pilot.pause()
        assert str(app.screen.query_one(KeyBar).render()).strip() == shown


async def test_a_click_on_a_key_presses_it() -> None:
    app = Program()
    async with app.run_test(size=(100, 9), notifications=True) as pilot:
        await pilot.pause()
        line = str(app.screen.query_one(KeyBar).render())
        await pilot.click(KeyBar, offset=(line.index("Remove"), 0))
        await pilot.pause()
        await sees(pilot, "removed")
        await pilot.click(KeyBar, offset=(99, 0))  # a place without a key


@pytest.mark.parametrize(
    ("width", "shown"),
    [(50, "y Save a copy elsewhere   n Stay here"), (34, "y Save a copy   n Stay here"), (25, "n Stay here   F1 Help")],
)
async def test_a_narrow_dialog_names_the_help_when_it_drops_a_key(width: int, shown: str) -> None:
    app = Program()
    async with app.run_test(size=(width, 5)) as pilot:
        await app.push_screen(Question())
        await pilot.pause()
        assert str(app.screen.query_one(KeyBar).render()).strip() == shown


async def test_a_question_shows_all_its_answers_in_the_first_picture() -> None:
    app = Program()
    first: list[str] = []

    class First(KeyBar):
        def render(self) -> RenderResult:
            line = super().render()
            first.append(str(line).strip())
            return line

    class Asked(Question):
        def compose(self) -> ComposeResult:
            yield First()

    async with app.run_test(size=(50, 5)) as pilot:
        await app.push_screen(Asked())
        await pilot.pause()
        assert {*first} == {"y Save a copy elsewhere   n Stay here"}


async def test_the_keys_take_the_colours_of_a_new_theme(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.screen.query_one(KeyBar)
        await sees(pilot, "n New")
        drawn = [str(bar.render())]
        for name in ("dark", "light", "terminal", "contrast"):
            app.use_theme(name)
            await pilot.pause()
            line = bar.render()
            assert isinstance(line, Text)
            now = bar.get_component_rich_style("keybar--key", partial=True)
            assert {span.style for span in line.spans} == {now}, name
            drawn.append(str(now))
        assert len({*drawn}) == 5
