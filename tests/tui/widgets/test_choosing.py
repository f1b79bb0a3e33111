"""Lists of options, before they are laid out and when there is no space for them."""

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import OptionList

from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.inputs.picker import Picker

SIZES = ((20, 5), (3, 5), (1, 1), (80, 2))


class Choosing(App[None]):
    """An app with only a list and a choice."""

    def compose(self) -> ComposeResult:
        yield Picker([(Text(f"answer {number}"), str(number)) for number in range(9)], "2")
        yield Options(*(f"option {number}" for number in range(9)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("page", ["page_up", "page_down"])
async def test_a_page_key_right_after_another_size_does_no_harm(size: tuple[int, int], page: str) -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.query_one(Picker).action_open()
        for listed in app.query(OptionList):
            getattr(listed, f"action_{page}")()  # before the open list has been laid out
        await pilot.pause()
        await pilot.resize_terminal(*size)
        for listed in app.query(OptionList):
            listed.highlighted = 2
            listed._clear_caches()  # as after a resize, before anything is drawn
            getattr(listed, f"action_{page}")()
        await pilot.resize_terminal(80, 24)
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert [listed.highlighted for listed in app.query(OptionList) if listed.has_focus] == [8]


async def test_the_answer_shown_is_the_value() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        picker = app.query_one(Picker)
        picker.offer([(Text("another answer"), "2"), (Text("yet another one"), "3")], "2")
        await pilot.pause()
        assert picker.value == "2"
        assert str(picker.label) == "another answer"


async def test_letters_find_an_answer_without_its_accents_before_one_that_contains_them_later() -> None:
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        picker = app.query_one(Picker)
        picker.offer(
            [(Text(name), name) for name in ("aucune", "Belgique", "Québec", "Île-du-Prince-Édouard")], "aucune"
        )
        picker.focus()
        await pilot.press("enter", *"que", "enter")
        assert picker.value == "Québec"
        await pilot.press("enter", *"ile", "enter")
        assert picker.value == "Île-du-Prince-Édouard"
        await pilot.press("enter", *"zz", "enter")
        assert picker.value == "Île-du-Prince-Édouard"
