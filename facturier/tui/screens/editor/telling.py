"""What the editor says: its title, its totals and the status line."""

from rich.text import Text
from textual import on

from facturier.models.books.invoice import Invoice
from facturier.models.books.status import InvoiceKind
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.screens.editor.lines.line_grid import LineGrid
from facturier.tui.screens.editor.saving import DraftSaving
from facturier.tui.widgets.inputs.labelled_field import LabelledField


class DraftWords(DraftSaving):
    """The part of the editor that shows the state of the draft."""

    def _tell(self) -> None:
        """Update the title with the name and state of the draft, and the totals."""
        if self._warned and self._not_kept() != self._warned:
            self._warned = ""  # it was corrected
        invoice = self._snapshot(self._drafts.kept)
        name = clean(invoice.customer.name)
        self._head.show_number(invoice.number_with(self._company))
        title = self._title
        if invoice.kind is InvoiceKind.RECURRING:
            title.left = _("Recurring invoice for {customer}").format(customer=name or _("an unnamed customer"))
        elif invoice.is_credit:
            source = clean(invoice.source.number) if invoice.source else ""
            title.left = _("Draft credit note for invoice {number}").format(number=source)
        elif number := self._drafts.kept.known_number:
            title.left = _("Draft {number} for {customer}").format(
                number=number, customer=name or _("an unnamed customer")
            )
        else:
            title.left = self._unnumbered(invoice, name)
        problem, at = self._drafts.problem, self._drafts.at
        if problem is not None or self._head.shows_not_kept:
            title.right = Text(_("not saved"), "bold reverse")
        else:
            saved = _("saved {time}").format(time=f"{at.astimezone():%H:%M:%S}") if at is not None else ""
            files = ngettext("{count} file", "{count} files", self._files).format(count=self._files)
            title.right = " · ".join(filter(None, (files if self._files else "", saved)))
        self._totals.show(invoice)
        self._tell_where()
        can = (self._grid.active, self._can_undo, self._drafts.conflict)
        if can != self._can:
            self._can = can
            self.refresh_bindings()

    @staticmethod
    def _unnumbered(invoice: Invoice, name: str) -> str:
        if invoice.is_estimate:
            return _("Draft estimate for {customer}").format(customer=name) if name else _("New estimate")
        return _("Draft for {customer}").format(customer=name) if name else _("New invoice")

    @on(LabelledField.Checked)
    def _checked(self) -> None:
        self._tell()

    @on(LineGrid.Moved)
    def _tell_where(self) -> None:
        """Show the position of the cursor and the problem there, or else one elsewhere, in the status line."""
        active = self._grid.active
        wrong = (
            str(self._drafts.problem or self._missing) or (active and self._grid.problem) or self._head.shown_problem
        )
        self._status.show(self._grid.where if active else "", self._note(), wrong)

    def on_descendant_focus(self) -> None:
        self._tell_where()

    def _note(self) -> str:
        untaxed = [number + 1 for number in self._grid.untaxed]
        if not untaxed:
            return ""
        if len(untaxed) > 3:
            return _("{count} lines have no tax.").format(count=len(untaxed))
        words = ngettext("Line {numbers} has no tax.", "Lines {numbers} have no tax.", len(untaxed))
        return words.format(numbers=", ".join(map(str, untaxed)))

    @property
    def _can_undo(self) -> bool:
        return self._shown and (self._history.can_undo or self._head.not_kept() is not None)
