"""Screens that say what was just done, with the key that undoes it."""

from facturier.tui.screen import ResultScreen
from facturier.tui.widgets.done_line import DoneLine, Possible, Undo


class DoneScreen(ResultScreen[None]):
    """A screen that composes a `DoneLine`."""

    # Textual calls the handlers of all classes of a screen: a subclass must not do this again.
    def on_company_changed(self) -> None:
        self.query_one(DoneLine).look()
        self.refresh_bindings()

    @property
    def _can_undo(self) -> bool:
        """Whether the line offers an undo. False also before the line is there."""
        return any(line.can_undo for line in self.query(DoneLine))

    def _say(self, words: str, undo: Undo | None = None, possible: Possible | None = None) -> None:
        """Show what was just done. `undo` reverses it, as long as `possible` is true."""
        self.query_one(DoneLine).say(words, undo, possible)
        self.refresh_bindings()
