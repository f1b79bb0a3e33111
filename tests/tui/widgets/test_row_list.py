"""The list widget with ten thousand rows: what it reads, what it shows, and how little it repaints."""

from rich.text import Text
from textual.app import App, ComposeResult
from textual.geometry import Region

from facturier.tui.widgets.rows.columns import Column, fit
from facturier.tui.widgets.rows.row_list import RowList
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.widgets.test_row_window import Number, Numbers

COLUMNS = (
    Column[Number]("Number", lambda row: Text(f"number {row.id}"), 12, key="number"),
    Column[Number]("Name", lambda row: Text(f"[b]{row.id}[/x] {'long ' * 20}"), 10, flex=True),
    Column[Number]("Version", lambda row: Text(str(row.version)), 8, right=True, rank=1),
)


class Watched(RowList[Number]):
    """Records which regions it was asked to repaint."""

    painted: list[Region | None]

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> "Watched":
        if not hasattr(self, "painted"):
            self.painted = []
        self.painted.extend(regions or (None,))
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


class ListApp(App[None]):
    def __init__(self, source: Numbers) -> None:
        super().__init__()
        self.source = source

    def compose(self) -> ComposeResult:
        yield Watched(COLUMNS, self.source, sorting=("number", False), empty="Nothing here.")

    @property
    def rows(self) -> Watched:
        return self.query_one(Watched)


async def test_it_reads_only_what_is_in_view_and_shows_text_literally() -> None:
    app = ListApp(Numbers(10_000))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "Number ▲" in shown
        assert "[b]0[/x] long" in shown
        assert "number 18" in shown
        assert app.source.read < 60


async def test_a_cursor_move_repaints_two_lines_and_a_scroll_comes_once_in_half_a_page() -> None:
    app = ListApp(Numbers(10_000))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        app.rows.painted.clear()
        await pilot.press("down")
        assert app.rows.painted == [Region(0, 1, 60, 1), Region(0, 2, 60, 1)]
        app.rows.painted.clear()
        for _step in range(50):
            app.rows.action_down()
        assert app.rows.chosen == Number(51)
        assert app.rows.painted.count(None) == 4


async def test_keys_go_to_the_ends_and_back() -> None:
    app = ListApp(Numbers(10_000))
    async with app.run_test(size=(60, 20)) as pilot:
        for key, expected in (
            ("end", 9_999),
            ("k", 9_998),
            ("home", 0),
            ("j", 1),
            ("pagedown", 19),
            ("ctrl+d", 28),
            ("ctrl+u", 19),
            ("G", 9_999),
        ):
            await pilot.press(key)
            assert app.rows.chosen == Number(expected), key
        await pilot.press("g", "g", "pageup", "ctrl+u", "up")
        assert app.rows.chosen == Number(0)


async def test_a_reload_repaints_only_the_rows_that_changed() -> None:
    app = ListApp(Numbers(10_000))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("pagedown", "down")
        chosen = app.rows.chosen
        app.rows.painted.clear()
        app.rows.reload()
        assert app.rows.painted == []
        place = app.rows.rows.index(Number(25))
        app.source.all[25] = Number(25, version=7)
        app.rows.reload()
        assert app.rows.painted == [Region(0, place + 1, 60, 1)]
        assert app.rows.chosen == chosen


async def test_marks_stay_with_their_rows() -> None:
    app = ListApp(Numbers(100))
    async with app.run_test(size=(60, 20)) as pilot:
        app.rows.mark()
        app.rows.mark()
        await pilot.press("end", "home")
        assert app.rows.marked == {0, 1}
        await until(pilot, lambda: text_of(app).count("◆") == 2)
        app.rows.unmark()
        await pilot.pause()
        assert "◆" not in text_of(app)


async def test_a_click_chooses_and_a_wheel_scrolls_without_losing_the_cursor() -> None:
    app = ListApp(Numbers(100))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.click(Watched, offset=(10, 5))
        assert app.rows.chosen == Number(4)
        app.rows._window.scroll(3)
        assert app.rows.chosen == Number(4)
        assert app.rows.rows[0] == Number(3)


async def test_an_empty_list_says_so() -> None:
    app = ListApp(Numbers(0))
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("down", "end", "pageup")
        await sees(pilot, "Nothing here.")
        assert app.rows.chosen is None


def test_columns_are_dropped_by_rank_and_the_flexible_one_takes_the_rest() -> None:
    assert [(column.title, width) for column, width in fit(COLUMNS, 50)] == [
        ("Number", 12),
        ("Name", 26),
        ("Version", 8),
    ]
    assert [column.title for column, _width in fit(COLUMNS, 30)] == ["Number", "Name"]
