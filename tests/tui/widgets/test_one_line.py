"""What a one-line field shows of a text that is too long for it."""

from textual.app import App, ComposeResult

from facturier.tui.widgets.inputs.one_line import OneLine


class Fields(App[None]):
    """An app with only two fields."""

    def compose(self) -> ComposeResult:
        yield OneLine()
        yield OneLine("/home/marie/Documents/acme.facturier", path=True)


async def test_a_long_text_shows_its_beginning_and_a_path_its_end() -> None:
    app = Fields()
    async with app.run_test(size=(20, 4)) as pilot:
        name, path = app.query(OneLine)
        await pilot.press(*"Garage Pelletier et Frères")
        await pilot.pause()
        assert name.render_line(0).text.strip() == "Pelletier et Frères"
        await pilot.press("tab")
        await pilot.pause()
        assert name.render_line(0).text.startswith("Garage Pelletier")
        await pilot.press("tab")
        await pilot.pause()
        assert path.render_line(0).text.strip().endswith("acme.facturier")
