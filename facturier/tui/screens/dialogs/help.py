"""The help: every key of the screen below, from its bindings, with a search."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Input, Static

from facturier.models.text.i18n import N_, _
from facturier.models.text.search_text import fold
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.palette.commands import Command, commands_of
from facturier.tui.themes.theme import ACTIVE, BOLD
from facturier.tui.widgets.inputs.one_line import OneLine
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Title

_TWO_COLUMNS = 120  # the width of the window from which there are two columns
_EDGES = 5  # cells beside the text, and for the scrollbar
_GAP = 2  # cells between the parts of a line
_LEAST = 12  # cells for a name or a sentence in a narrow window
_NAMES = {1: 26, 2: 20}  # the maximum cells for a name before it wraps, by the number of columns


class HelpBody(VerticalScroll):
    """The body, which scrolls with the same keys as the lists."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", N_("Down"), id="help.down", show=False),
        Binding("k", "scroll_up", N_("Up"), id="help.up", show=False),
        Binding("ctrl+d", "half(1)", N_("Half a page down"), id="help.half_down", show=False),
        Binding("ctrl+u", "half(-1)", N_("Half a page up"), id="help.half_up", show=False),
        Binding("g", "scroll_home", N_("First row"), id="help.home", show=False),
        Binding("G", "scroll_end", N_("Last row"), id="help.end", show=False),
    ]

    def action_half(self, direction: int) -> None:
        self.scroll_relative(y=direction * max(self.size.height // 2, 1), animate=False)


class HelpScreen(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.SEARCH.on("help.search", N_("Search the keys.")),
        keys.BACK_FROM_FORM.on("help.back", priority=True),
        Binding("q,question_mark", "dismiss", N_("Back"), id="help.close", show=False),
        Binding("enter", "show", N_("Back to list"), id="help.show", show=False, priority=True),
    ]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__(classes="help")
        commands = commands_of(below)
        keyed = [command for command in commands if command.keys]
        self._typed = ""
        self._parts = [
            (_("This screen"), [command for command in keyed if command.node is below]),
            (_("Current field or list"), [command for command in keyed if command.node not in (below, below.app)]),
            (_("Everywhere"), [command for command in keyed if command.node is below.app]),
            (_("Commands without a key"), [command for command in commands if not command.keys]),
        ]

    def compose(self) -> ComposeResult:
        yield Title(_("Keys"))
        yield OneLine(placeholder=_("/ to search"), classes="help-search")
        with HelpBody(classes="help-body"):
            yield Static(classes="help-keys")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(HelpBody).focus()

    def on_resize(self, event: Resize) -> None:
        self._show(event.size.width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        return action != "show" or isinstance(self.focused, Input)

    def action_search(self) -> None:
        self.query_one(Input).focus()

    def action_show(self) -> None:
        self.query_one(HelpBody).focus()

    def action_back(self) -> None:
        """End the search first, then close."""
        if self._typed or isinstance(self.focused, Input):
            self.query_one(Input).value = ""
            self.query_one(HelpBody).focus()
        else:
            self.dismiss()

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        self._typed = event.value.strip()
        self._show(self.size.width)

    def _show(self, width: int) -> None:
        words = fold(self._typed).split()
        room = max(width - _EDGES, 1)
        lines: list[Text] = []
        for title, commands in self._parts:
            if found := [command for command in commands if _matches(command, words)]:
                columns = 2 if width >= _TWO_COLUMNS else 1
                lines += [Text(title, "bold"), *_columns(found, columns, room, self.app.console), Text()]
        if not lines:
            lines = [Text(_("Nothing matches “{text}”.").format(text=self._typed))]
        self.query_one(".help-keys", Static).update(Text("\n", no_wrap=True).join(lines))


def _matches(command: Command, words: list[str]) -> bool:
    text = fold(f"{command.name} {command.about} {' '.join(command.keys)}")
    return all(word in text or any(other.startswith(word) for other in command.words) for word in words)


# A rich table would measure and wrap all texts three times, which takes longer than everything else here.


def _columns(commands: list[Command], columns: int, room: int, console: Console) -> list[Text]:
    """Return the commands in lines of `room` cells: in one column, or in two with the first half in the first one."""
    keys = max(cell_len("  ".join(command.keys)) for command in commands)
    name = min(max(cell_len(command.name) for command in commands), _NAMES[columns])
    rows = -(-len(commands) // columns)
    width = -(-room // columns)  # of the first column; the last one may be a cell narrower
    cells = (width - _GAP, room - width) if columns > 1 else (room,)
    blocks = [
        [
            line
            for command in commands[rows * place : rows * (place + 1)]
            for line in _entry(command, keys, name, own, console)
        ]
        for place, own in enumerate(cells)
    ]
    return [_beside([(line, width) for line in lines]) for lines in zip_longest(*blocks, fillvalue=Text())]


def _entry(command: Command, keys: int, name: int, room: int, console: Console) -> list[Text]:
    """Return the lines of one command: its keys, its name, and what it does."""
    about = room - keys - name - 2 * _GAP
    if about < _LEAST:  # in a narrow window, the name gives way first
        name, about = max(name - (_LEAST - about), _LEAST), max(about, _LEAST)
    parts = (
        [Text("  ".join(command.keys), ACTIVE + BOLD)],
        _wrapped(Text(command.name), name, console),
        _wrapped(Text(command.about, "dim"), about, console),
    )
    widths = (keys + _GAP, name + _GAP, about)
    return [_beside([*zip(cells, widths, strict=True)]) for cells in zip_longest(*parts, fillvalue=Text())]


def _wrapped(text: Text, width: int, console: Console) -> Sequence[Text]:
    return [text] if text.cell_len <= width else [*text.wrap(console, width)]


def _beside(cells: Sequence[tuple[Text, int]]) -> Text:
    """Return texts side by side, each in so many cells."""
    line = Text(no_wrap=True)
    for text, width in cells:
        line.append_text(text)
        line.pad_right(width - text.cell_len)
    line.rstrip()
    return line
