"""What the actions of the invoice list share: the rows, the marks and the selected invoice."""

from textual.screen import Screen
from textual.widget import Widget

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.text.i18n import ngettext
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.words.formatting import counted


class InvoiceListBase(Screen[None]):
    """The rows, and what an action is for.

    A mark counts for every action: it is done with all marked invoices, or refused with a reason. It is never done with
    the row under the cursor while other rows are marked.
    """

    _ws: Workspace
    _view: View

    @property
    def rows(self) -> RowList[InvoiceRow]:
        return self.query_one(RowList)

    def _renew(self) -> None:
        """Read again what is on the screen."""
        raise NotImplementedError

    def _renew_title(self) -> None:
        """Say how many are marked."""
        raise NotImplementedError

    def _listing(self) -> Listing:
        """All that the list shows, in its order."""
        raise NotImplementedError

    def _show_below(self, line: Widget) -> None:
        """Mount a line below the rows."""
        raise NotImplementedError

    def _go_on_with(self, invoice_id: int | None) -> None:
        """Back from the editor: the next key is for that invoice."""
        self._renew()
        if invoice_id is not None:
            self.rows.go_to(invoice_id)

    def _hold(self) -> None:
        """Keep the selected invoice under the cursor even if the filter no longer shows it: the next key must not be
        for the one that follows it."""
        self.rows.hold(Listing(self._ws.store, View(), self._ws.today()))

    def _one_at_a_time(self, why: str) -> bool:
        """Return whether nothing is marked. Otherwise say `why` an action for one invoice is refused."""
        marked = len(self.rows.marked)
        if marked:
            words = ngettext(
                "{count} marked. {why} Press Esc to unmark it.",
                "{count} marked. {why} Press Esc to unmark.",
                marked,
            )
            self.notify(words.format(count=counted(marked), why=why), severity="warning", markup=False)
        return not marked

    def _meant(self) -> set[int]:
        """The marked invoices or, if none is marked, the selected one."""
        if self.rows.marked:
            return {*self.rows.marked}
        return set() if self.rows.chosen is None else {self.rows.chosen.id}
