"""Only what has changed is drawn."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Label

from facturier.tui.textual_private.app import AppHooks


class Line(Label):
    """Counts how often it was drawn."""

    drawn = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.drawn += 1
        return super().render_lines(crop)


class Lines(Screen[None]):
    def compose(self) -> ComposeResult:
        for number in range(3):
            yield Line(str(number))


class Program(AppHooks, inherit_bindings=False):
    def get_default_screen(self) -> Lines:
        return Lines()

    def can_show_errors(self) -> bool:
        return False

    def handle_error(self, error: Exception) -> None:
        raise error


async def test_what_is_between_two_changes_is_not_drawn() -> None:
    app = Program()
    async with app.run_test() as pilot:
        await pilot.pause()
        first, between, last = app.query(Line)
        before = [line.drawn for line in (first, between, last)]
        first.update("a")
        last.update("b")
        app.screen._on_timer_update()
        await pilot.pause()
        assert between.drawn == before[1]
        assert first.drawn > before[0]
        assert last.drawn > before[2]
        shown = app.screen._compositor.render_strips()
        assert [line.text.strip() for line in shown[:3]] == ["a", "1", "b"]


class Box(Vertical):
    """Counts how often it was drawn."""

    drawn = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.drawn += 1
        return super().render_lines(crop)


class Boxed(Screen[None]):
    def compose(self) -> ComposeResult:
        with Box():
            yield Line("in front")


async def test_what_is_behind_a_change_is_not_drawn() -> None:
    app = Program()
    async with app.run_test() as pilot:
        below = app.screen.query(Line).first()
        await app.push_screen(Boxed())
        await pilot.pause()
        box, line = app.screen.query_one(Box), app.screen.query_one(Line)
        line.styles.width = "100%"
        for _picture in range(3):
            await pilot.pause()
        before = box.drawn, line.drawn
        below.update("behind the screen")
        await pilot.pause()
        assert (box.drawn, line.drawn) == before
        line.update("changed")
        await pilot.pause()
        assert box.drawn == before[0]
        assert line.drawn > before[1]
        app.pop_screen()
        await pilot.pause()
        assert "behind the screen" in app.screen._compositor.render_strips()[0].text
