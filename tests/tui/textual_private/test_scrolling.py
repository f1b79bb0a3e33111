"""A text area scrolls as Textual's does, without a layout of the whole screen."""

from textual.app import App, ComposeResult

from facturier.tui.widgets.inputs.many_lines import ManyLines


class Letter(App[None]):
    """A text area of four lines."""

    def compose(self) -> ComposeResult:
        area = ManyLines("\n".join("abcdefgh"))
        area.styles.height = 4
        yield area


async def test_the_scrollbar_follows_the_text_and_no_empty_line_is_shown_below_it() -> None:
    app = Letter()
    async with app.run_test(size=(30, 6)) as pilot:
        area = app.query_one(ManyLines)
        assert area.vertical_scrollbar.window_virtual_size == 8
        area.move_cursor(area.document.end)
        await pilot.press("enter", "i", "enter", "j")
        await pilot.pause()
        assert area.vertical_scrollbar.window_virtual_size == 10
        assert area.scroll_y == 6
        await pilot.press("backspace", "backspace")
        await pilot.pause()
        assert area.vertical_scrollbar.window_virtual_size == 9
        assert area.scroll_y == 5
