"""A screen is drawn once when it opens, and once more when the rest of a long form follows."""

import asyncio
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Label

from facturier.tui.screen import ResultScreen
from facturier.tui.terminal.type_ahead import TypeAhead
from facturier.tui.textual_private.opening import ScreenHooks
from facturier.tui.widgets.inputs.fields import Choice, Field


class Form(ResultScreen[None]):
    """A form whose last field follows the first picture."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Label("title")
        with VerticalScroll(can_focus=False):
            yield Field("name", "Café", id="name")
            yield Choice("language", {"en": "English", "fr": "Français"}, "fr", id="language")

    def on_mount(self) -> None:
        self.call_after_refresh(self._complete)

    async def _complete(self) -> None:
        await self.mount_rest(self.query_one(VerticalScroll), Field("city", "Québec", id="city"))
        assert self.whole is not None
        self.whole.set()


class Program(TypeAhead, inherit_bindings=False):
    def can_show_errors(self) -> bool:
        return False

    def handle_error(self, error: Exception) -> None:
        raise error


async def test_a_form_is_drawn_once_and_its_rest_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[list[str]] = []
    app, draw = Program(), ScreenHooks._compositor_refresh

    def note(screen: Form) -> None:
        if isinstance(screen, Form) and not screen._undrawn:
            drawn.append(
                [field.id or "" for field in screen.query(Field) if field.size.width and field.input.size.width]
            )
        draw(screen)

    monkeypatch.setattr(ScreenHooks, "_compositor_refresh", note)
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(Form())
        await pilot.press("x")  # waits for the rest of the form, and reaches the field that has the focus
        await pilot.pause()
        assert drawn[:2] == [["name"], ["name", "city"]]
        assert app.screen.query_one("#name Input", Input).value == "Caféx"


async def test_a_form_that_closes_before_it_is_drawn_leaves_the_screen_below() -> None:
    app = Program()
    async with app.run_test(size=(80, 24)) as pilot:
        below: Any = app.screen
        form = Form()
        await app.push_screen(form)
        form.dismiss()
        await pilot.pause()
        assert app.screen is below


async def test_what_changes_during_a_batch_is_drawn_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app, draw, batches = Program(), ScreenHooks._compositor_refresh, list[int]()

    def note(screen: Form) -> None:
        batches.append(app._batch_count)
        draw(screen)

    async with app.run_test(size=(80, 24)) as pilot:
        form = Form()
        app.push_screen(form)
        await pilot.press("x")
        await pilot.pause()
        monkeypatch.setattr(ScreenHooks, "_compositor_refresh", note)
        with app.batch_update():
            with form.drawn_once():
                form.query_one(Label).update("other")
            await pilot.pause(0.05)
        await pilot.pause()
        assert batches
        assert not any(batches)
