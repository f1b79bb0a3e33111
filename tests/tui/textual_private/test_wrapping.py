"""No line of a text ends at a no-break space."""

from rich.console import Console
from rich.text import Text
from textual.app import App, ComposeResult

from facturier.tui.textual_private.wrapping import keep_no_break_spaces
from facturier.tui.widgets.inputs.many_lines import ManyLines
from tests.tui.support.screen_text import text_of


def test_the_mark_of_a_french_quote_is_not_left_at_the_end_of_a_line() -> None:
    keep_no_break_spaces()
    text = Text("Choisissez d’abord «\u00a0Activer\u00a0», puis attendez\u00a0: c’est tout.")
    for width in range(12, 50):
        lines = [line.plain.rstrip(" ") for line in text.wrap(Console(width=width), width)]
        assert not any(line.endswith("«") or line.startswith(("»", ":")) for line in lines), lines


async def test_an_amount_stays_on_one_line_of_a_message() -> None:
    class Letter(App[None]):
        def compose(self) -> ComposeResult:
            yield ManyLines("Voici la facture 1001 de 1\u202f293,47\u00a0CAD.")

    app = Letter()
    async with app.run_test(size=(30, 6)):
        assert "1\u202f293,47\u00a0CAD." in text_of(app)
