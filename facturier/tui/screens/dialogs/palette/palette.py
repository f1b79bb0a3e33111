"""The palette: search all commands of the screen below."""

import inspect
from collections.abc import Collection, Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.fuzzy import Matcher
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from facturier.models.text.i18n import N_, _
from facturier.models.text.search_text import fold
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.palette.commands import Command, commands_of
from facturier.tui.widgets.inputs.one_line import OneLine
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar


class _Commands(Options):
    # Textual lays out the screen again, and draws the list twice, whenever this changes. Its height never does.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))


class PaletteScreen(Dialog[Command | None]):
    """The dialog's result is the chosen command, which is then run on the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", N_("Run"), id="palette.run", priority=True),
        Binding("down", "move(1)", N_("Next"), id="palette.next", show=False, priority=True),
        Binding("up", "move(-1)", N_("Previous"), id="palette.previous", show=False, priority=True),
        Binding("pagedown", "page(1)", N_("Page down"), id="palette.page_down", show=False, priority=True),
        Binding("pageup", "page(-1)", N_("Page up"), id="palette.page_up", show=False, priority=True),
        Binding("escape", "dismiss(None)", N_("Close"), id="palette.close"),
    ]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__(classes="dialog palette")
        self._commands = commands_of(below)
        self._known = [_known(command) for command in self._commands]
        self._found = self._commands
        self._options = [Option(_line(command)) for command in self._commands]  # each key shows some of them again

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box palette-box"):
            yield OneLine(placeholder=_("What would you like to do?"))
            yield _Commands(markup=False, compact=True)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._fill("")
        # Not by the field's own message: that comes after the field has been drawn, and the list would be drawn apart.
        self.watch(self.query_one(OneLine), "value", self._fill, init=False)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    def action_run(self) -> None:
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.dismiss(self._found[chosen])

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        if self._found:
            options.highlighted = ((options.highlighted or 0) + step) % len(self._found)

    def action_page(self, direction: int) -> None:
        self.query_one(Options).page(direction)

    def _fill(self, text: str) -> None:
        typed = text.strip()
        scores = _scores(self._known, typed)
        named = any(score >= _NAMED for score in scores)
        places = [
            place
            for place, score in sorted(enumerate(scores), key=lambda pair: -pair[1])
            if score > 0 and not (named and 1 < score < _NAMED)  # letters in order are for typing errors
        ]
        found = [self._commands[place] for place in places]
        options = self.query_one(OptionList)
        if found and found == self._found and options.options:  # one more letter often finds the same
            options.highlighted = 0
            return
        self._found = found
        shown = [self._options[place] for place in places]
        if not shown:
            nothing = _("Nothing matches “{text}”. F1 shows all keys of the screen.").format(text=typed)
            shown = [Option(Text(nothing, "dim"), disabled=True)]
        options.set_options(shown)
        options.highlighted = 0 if self._found else None


_NAMED = 3  # the score from which a word of the name, or a synonym, matches


class _Known(NamedTuple):
    """What a command is found by, folded once: each key asks all commands."""

    name: str
    begins: str  # the words of the name
    words: tuple[str, ...]
    synonyms: tuple[str, ...]  # with the words of the name
    about: tuple[str, ...]


def _known(command: Command) -> _Known:
    words = tuple(fold(command.name).split())
    about = tuple(fold(command.about).split())
    return _Known(command.name, " ".join(words), words, (*words, *command.words), about)


def _scores(commands: Iterable[_Known], typed: str) -> list[float]:
    """Return how well each command matches, or 0 if it does not.

    The best matches are words at the start of its name, then synonyms, then letters of the name in order, then words of
    its description.
    """
    words, letters = fold(typed).split(), Matcher(typed)
    return [_score(command, words, letters) for command in commands]


def _score(command: _Known, words: Sequence[str], letters: Matcher) -> float:
    if _begin(words, command.words):
        return 5 if command.begins.startswith(" ".join(words)) else 4
    if _begin(words, command.synonyms):
        return _NAMED
    if (fuzzy := letters.match(command.name)) > 0:
        return 1 + fuzzy / (fuzzy + 1)
    return int(_begin(words, command.about))


def _begin(words: Iterable[str], among: Collection[str]) -> bool:
    """Return whether each word is the beginning of one of the words in `among`."""
    return all(any(other.startswith(word) for other in among) for word in words)


def _line(command: Command) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{command.keys[0] if command.keys else '':>6}  ", "bold")
    line.append(command.name)
    if command.about:
        line.append(f"  {command.about}", "dim")
    return line


async def run(command: Command) -> None:
    """Run the chosen command, and wait for it if it is a coroutine."""
    result = command.run()
    if inspect.isawaitable(result):
        await result
