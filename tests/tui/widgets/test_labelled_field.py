"""The mark of a field whose text is wrong."""

import pytest
from textual.app import ComposeResult
from textual.widgets import Label

from facturier.models.errors import InputError
from facturier.tui.screen import ResultScreen
from facturier.tui.terminal.type_ahead import TypeAhead
from facturier.tui.widgets.inputs import labelled_field
from facturier.tui.widgets.inputs.fields import Field
from tests.tui.support.screen_text import sees, text_of, until


def check(text: str) -> None:
    if "@" in text:
        raise InputError("no address")


class Form(ResultScreen[None]):
    """Two fields: one shows its problem below, and one leaves that to its screen."""

    CSS = ".field { height: auto; } .field-entry { margin: 0 0 0 8; }"

    def compose(self) -> ComposeResult:
        yield Field("Phone", "1", check=check)
        other = Field("Name", "2", check=check)
        other.below = False
        yield other
        yield Label("end")


class Program(TypeAhead, inherit_bindings=False):
    def can_show_errors(self) -> bool:
        return False

    def handle_error(self, error: Exception) -> None:
        raise error


async def test_the_mark_comes_and_goes_with_the_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled_field, "REST", 0.01)
    app = Program()
    async with app.run_test(size=(40, 10)) as pilot:
        app.push_screen(Form())
        await sees(pilot, "end")
        for label in ("Phone", "Name"):
            await pilot.press("end", "@")
            await until(pilot, lambda: "!" in text_of(app))
            assert any("!" in line for line in text_of(app).splitlines() if label in line)
            await pilot.press("backspace")
            await until(pilot, lambda: "!" not in text_of(app))
            await pilot.press("tab")
