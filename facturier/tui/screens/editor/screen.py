"""The invoice editor: customer, dates, lines and message. Text is saved in the company file within a second."""

from datetime import date
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Input

from facturier.models.errors import StoreError
from facturier.models.items.items import item_taxes
from facturier.models.settings.tax import rates_on, usual_tax
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ProblemScreen
from facturier.tui.screens.editor.keys import KEYS
from facturier.tui.screens.editor.leaving import DraftLeaving
from facturier.tui.screens.editor.lines.line_grid import LineGrid
from facturier.tui.screens.editor.parts.body import EditorBody
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner

NARROW = 60  # columns; below this, everything is in one column


class EditorScreen(DraftLeaving):
    """Edits a draft, or a new one for `customer` if `invoice_id` is None. The result is its id, or None if nothing was
    saved."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]  # noqa: RUF012 - so declared by Screen

    def compose(self) -> ComposeResult:
        yield self._title
        yield Banner(self._ws)
        yield self._status  # at the top, where notifications do not cover it
        with EditorBody():
            yield self._head
            yield self._grid
            with Container(id="foot"):
                yield self._message
                yield self._totals
        yield KeyBar()

    def on_mount(self) -> None:
        draft = self._drafts.kept
        if self._issued:
            error = StoreError(
                _("Invoice {number} has been issued.").format(number=draft.number),
                kept=_("An issued invoice cannot be changed."),
                todo=_("Copy it into a new draft instead."),
            )
            self._leave_over(error)
            return
        self._shown = True
        customer_tax, company_tax = self._stored(draft.customer).tax, self._company_tax(draft.date)
        self._grid.show(draft.lines, draft.rates, draft.currency, customer_tax, company_tax)
        self._count_files()
        self._tell()
        if draft.customer.name:
            self._grid.go_last()
        else:
            self._head.lookup.input.focus()

    def _company_tax(self, day: date) -> str:
        """Return the tax that lines of this day usually have; empty if there are several."""
        if usual := usual_tax(rates_on(self._company.rates, day)):
            return usual
        found = item_taxes(self._ws.store, limit=2)
        return found[0] if len(found) == 1 else ""

    @work
    async def _leave_over(self, error: StoreError) -> None:
        await self.app.push_screen_wait(ProblemScreen(error))
        self.dismiss(self._drafts.kept.id)

    # Moving between parts

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    @on(LineGrid.Left)
    def _left_lines(self, event: LineGrid.Left) -> None:
        if event.direction > 0:
            self._message.input.focus()
        else:
            self.query_one("#currency Input", Input).focus()

    def action_next_part(self) -> None:
        if self._grid.active:
            self._message.input.focus()
        elif self._message.input.has_focus:
            self._head.lookup.input.focus()
        else:
            self._grid.go_last()
