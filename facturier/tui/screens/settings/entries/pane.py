"""One section on the screen: what it is about, its entries, and what can be done there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Label

from facturier.models.errors import FacturierError, InputError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _
from facturier.tui.widgets.inputs.fields import Area, Choice, Field


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting. `read` takes its text out of the company; `write` puts a typed text into it, raising InputError.

    `lines` above 1 makes it an area; `answers` a choice between its keys; `placeholder` shows while it is empty.
    `long` is for one line that is added to; what is typed first replaces any other. `path` is for a file or folder.
    `follows` is for a value that depends on other entries: its box shows what they give until somebody types.
    `shown` says whether it means anything, given the company as it is typed so far. `exists` says whether a company has
    what the entry is about, such as a level of reminders.
    """

    id: str
    label: str
    read: Callable[[Company], str]
    write: Callable[[Company, str], Company]
    lines: int = 1
    answers: dict[str, str] = field(default_factory=dict)
    placeholder: str = ""
    long: bool = False
    path: bool = False
    follows: bool = False
    shown: Callable[[Company], bool] = lambda _company: True
    exists: Callable[[Company], bool] = lambda _company: True


@dataclass(frozen=True, slots=True)
class Section:
    """What stands on one page of the settings, below a heading (`group`) of the list at the side. `about` is said in a
    line above its entries."""

    id: str
    group: str
    title: str
    entries: tuple[Entry, ...] = ()
    about: str = ""


Box = Field | Area | Choice


class Pane(VerticalScroll, can_focus=False):
    """Shows the entries of a section as boxes; `more` are widgets below them."""

    DEFAULT_CLASSES: ClassVar[str] = "pane"

    def __init__(self, section: Section, company: Company, more: tuple[Widget, ...] = ()) -> None:
        super().__init__(id=f"section-{section.id}")
        self.section = section
        self._company = company
        self._more = more
        self._start: dict[str, str] = {}  # the texts that count as saved
        self._stored: dict[str, str] = {}  # what the company said when an entry was shown or saved
        self._boxes: dict[str, Box] = {}  # by entry: looking them up in the screen at every key would cost most of it

    def compose(self) -> ComposeResult:
        if self.section.about:
            yield Label(_(self.section.about), markup=False, classes="pane-about")
        for entry in self.section.entries:
            self._boxes[entry.id] = self._box(entry)
            yield self._boxes[entry.id]
        yield from self._more

    def on_mount(self) -> None:
        self._start = {entry.id: box.text for entry, box in self.boxes()}
        self._stored = {entry.id: entry.read(self._company) for entry, _box in self.boxes()}
        self.show_what_counts(self._company)

    def settle(self, company: Company, saved: Mapping[str, str]) -> None:
        """These texts are saved now, by entry. What was typed since then is not. What another window changed is shown,
        unless it is being changed here."""
        self._company = company
        for entry, box in self.boxes():
            now = entry.read(company)
            if entry.id in saved:
                self._start[entry.id] = saved[entry.id]
            elif box.text != self._start[entry.id]:
                continue
            elif now != self._stored[entry.id]:
                box.text = now
                self._start[entry.id] = box.text
            self._stored[entry.id] = now

    def seen(self, entry: Entry) -> str:
        """What the company said when this entry was shown or saved."""
        return self._stored[entry.id]

    def see(self, entry: Entry, now: str) -> None:
        """The person was told that the company says something else now."""
        self._stored[entry.id] = now

    def type_again(self, entry_id: str, text: str, seen: str) -> None:
        """Put in a text that is not saved. `seen` is what the company said when it was typed."""
        self._boxes[entry_id].text = text
        self._stored[entry_id] = seen

    def boxes(self) -> Iterator[tuple[Entry, Box]]:
        return ((entry, self._boxes[entry.id]) for entry in self.section.entries if entry.id in self._boxes)

    def changed(self) -> Iterator[tuple[Entry, Box]]:
        """The entries that say something other than what is kept. One that is hidden means nothing for what is chosen
        elsewhere: it does not prevent saving if it is not valid."""
        for entry, box in self.boxes():
            if box.text != self._start.get(entry.id, box.text) and (box.display or not box.problem):
                yield entry, box

    def show_what_counts(self, company: Company) -> None:
        """Hide the entries that mean nothing for the company as it is typed."""
        for entry, box in self.boxes():
            if box.display != (shown := entry.shown(company)):
                box.display = shown
            if entry.follows and box.text == self._start.get(entry.id) != (follows := entry.read(company)):
                self._start[entry.id] = box.text = follows

    def _box(self, entry: Entry) -> Box:
        def check(text: str) -> None:
            try:
                entry.write(self._company, text)
            except InputError:
                raise
            except FacturierError as error:
                raise InputError(error.happened) from error

        text = entry.read(self._company)
        label = _(entry.label)
        if entry.answers:
            return Choice(label, {kept: _(shown) for kept, shown in entry.answers.items()}, text, id=entry.id)
        if entry.lines > 1:
            return Area(label, text, lines=entry.lines, check=check, id=entry.id)
        placeholder = _(entry.placeholder) if entry.placeholder else ""
        whole = not (entry.long or entry.path)
        return Field(label, text, check=check, placeholder=placeholder, whole=whole, path=entry.path, id=entry.id)
