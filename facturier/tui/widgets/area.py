"""A labelled field of several lines that says below itself what is wrong, and keeps what was typed."""

from typing import ClassVar

from textual import on
from textual.widgets import TextArea

from facturier.models.clean import clean_lines
from facturier.tui.widgets.labelled import Check, Labelled
from facturier.tui.widgets.many_lines import ManyLines


class Area(Labelled):
    """As `Field`, `lines` high. Tab leaves it, as it leaves every field. `at_end`: typing goes on behind what stands
    there, for texts that are added to rather than read from the top."""

    DEFAULT_CLASSES: ClassVar[str] = "field area"

    class Changed(Labelled.Changed):
        """The text of an area is another one."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        lines: int = 3,
        at_end: bool = False,
        check: Check | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(label, check=check, id=id)
        self._start = clean_lines(value)
        self._lines = lines
        self._at_end = at_end

    def entry(self) -> TextArea:
        entry = ManyLines(self._start)
        entry.styles.height = self._lines
        if self._at_end:
            entry.move_cursor(entry.document.end)
        return entry

    @property
    def input(self) -> TextArea:
        return self.query_one(TextArea)

    @property
    def text(self) -> str:
        """What stands in the area, cleaned, without the empty lines at its end."""
        return clean_lines(self.input.text).rstrip()

    @text.setter
    def text(self, value: str) -> None:
        self.input.text = clean_lines(value)

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.show_problem(self.problem)
        self.post_message(self.Changed(self, self.text))
