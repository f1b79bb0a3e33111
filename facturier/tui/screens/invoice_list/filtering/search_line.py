"""The line below the list: what is searched for, where to go in the list, what narrows it and what that adds up to."""

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from facturier.models.text.i18n import N_, _
from facturier.tui import keys

if TYPE_CHECKING:
    from textual.widgets import Label

    from facturier.tui.widgets.inputs.one_line import OneLine


class _Note(Widget, can_focus=False):
    """What narrows the list, and below it as much of the sums as fits."""

    DEFAULT_CLASSES: ClassVar[str] = "search-note"

    def __init__(self) -> None:
        super().__init__()
        self.note = ""
        self.sums: tuple[str, ...] = ()

    def render(self) -> RenderResult:
        width = self.size.width
        sums = next((line for line in self.sums if cell_len(line) <= width), self.sums[-1] if self.sums else "")
        return Text("\n".join(filter(None, (self.note, sums))), no_wrap=True, overflow="ellipsis")


class SearchLine(Horizontal):
    """`Changed` comes with every key of a search, `Sought` with every key of where to go, and `Left` when the user goes
    back to the list, with the search kept or not.

    `note` says what narrows the list; it is hidden while something is searched for. `sums` says what the list adds up
    to, in lines from the longest to the shortest, of which the first that fits is shown. Without all of these the line
    is hidden.
    """

    DEFAULT_CLASSES: ClassVar[str] = "search-line"
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.BACK_FROM_SEARCH.on("search.leave", priority=True),
        Binding("escape", "clear", N_("End the search"), id="search.clear"),
    ]

    class Changed(Message):
        """Another text is searched for."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Sought(Message):
        """The list is to go to where this is."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person goes back to the list."""

    _label: "Label"
    _entry: "OneLine"
    _noted: _Note | None = None

    def __init__(self) -> None:
        super().__init__()
        self._note = ""
        self._sums: tuple[str, ...] = ()
        self._kept = ""  # what is searched for while the line is used for going somewhere
        self._going = False
        self._putting = False

    async def complete(self) -> None:
        """Put in what the line is made of, before anything is typed: the list is drawn without waiting for it."""
        if self._noted is not None or not self.is_attached:  # there already, or the program is ending
            return
        from textual.widgets import Label

        from facturier.tui.widgets.inputs.one_line import OneLine

        self._label = Label(_("Search"), markup=False, classes="search-label")
        self._entry = OneLine(select_on_focus=False)
        self._entry.can_focus = False
        self._noted = _Note()
        await self.mount(self._label, self._entry, self._noted)
        self._show()
        # Not by the field's own message: that comes after the field has been drawn, and the list would be drawn apart.
        self.watch(self._entry, "value", self._typed, init=False)

    @property
    def text(self) -> str:
        """What is searched for."""
        return self._kept if self._going else self._entry.value

    @property
    def note(self) -> str:
        return self._note

    @note.setter
    def note(self, note: str) -> None:
        if note != self._note:
            self._note = note
            self._show()

    @property
    def sums(self) -> tuple[str, ...]:
        return self._sums

    @sums.setter
    def sums(self, sums: tuple[str, ...]) -> None:
        if sums != self._sums:
            self._sums = sums
            self._show()

    def _show(self) -> None:
        """Show the note and the sums. With a note there are two lines from the start, so that nothing moves when the
        sums come."""
        opened = self.has_class("-open")
        both = bool(self._note and not opened)
        self.set_class(both, "-noted")
        self.set_class(bool(opened or self._note or self._sums), "-shown")
        if self._noted is not None:
            # Without a layout: the styles say how large it is.
            self._noted.note, self._noted.sums = self._note if both else "", self._sums
            self._noted.refresh()

    def start(self) -> None:
        """Let the person type what to search for."""
        self._begin(_("Search"), _("number, customer, PO number, item, amount"), self.text, going=False)

    def go(self) -> None:
        """Let the person type where to go."""
        kept = self.text
        self._begin(_("Go to"), _("number or customer"), "", going=True)
        self._kept = kept

    def clear(self) -> None:
        """End the search."""
        self._going = False
        self.remove_class("-going")
        self._entry.value = ""
        self._open(False)

    def action_leave(self) -> None:
        self._return()
        self._open(bool(self.text.strip()))
        self.post_message(self.Left())

    def action_clear(self) -> None:
        if self._going:
            self.action_leave()
            return
        self.clear()
        self.post_message(self.Left())

    def _typed(self, text: str) -> None:
        if not self._putting:
            self.post_message(self.Sought(text) if self._going else self.Changed(text))

    def _begin(self, label: str, placeholder: str, text: str, *, going: bool) -> None:
        self._going = going
        self.set_class(going, "-going")
        self._label.update(label)
        self._put(text)
        self._entry.placeholder = placeholder
        self._open(True)
        self._entry.focus()

    def _return(self) -> None:
        """From going somewhere back to what was searched for before."""
        if self._going:
            self._going = False
            self.remove_class("-going")
            self._label.update(_("Search"))
            self._put(self._kept)

    def _put(self, text: str) -> None:
        """Set the text of the field as if nobody had typed it."""
        self._putting = True
        self._entry.value = text
        self._putting = False

    def _open(self, opened: bool) -> None:
        self.set_class(opened, "-open")
        self._entry.can_focus = opened
        self._show()
