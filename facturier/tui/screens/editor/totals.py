"""What an invoice comes to: subtotal, each tax and the total, under the column of amounts."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from facturier.mail.document.formatting import percent
from facturier.models.books.invoice import Invoice
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money


class InvoiceTotals(Widget, can_focus=False):
    """One line a sum, money right-aligned."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"invoice-totals--total"}

    def __init__(self, invoice: Invoice) -> None:
        super().__init__()
        self.border_title = _("Totals")
        self._totals = invoice.totals
        self._currency = invoice.currency

    def show(self, invoice: Invoice) -> None:
        """Show the sums of another invoice, or of another state of it."""
        if (invoice.totals, invoice.currency) == (self._totals, self._currency):
            return
        before, self._totals = self._totals, invoice.totals
        self._currency = invoice.currency
        self.refresh(layout=len(before.taxes) != len(self._totals.taxes))

    def render(self) -> RenderResult:
        totals, currency = self._totals, self._currency
        rows = [(_("Subtotal"), totals.subtotal)]
        rows += [(f"{tax.code} {percent(tax.percent, spoken())}", tax.amount) for tax in totals.taxes]
        lines = [self._row(label, amount, currency) for label, amount in rows]
        total = self._row(_("Total"), totals.total, currency, currency)
        total.stylize(self.get_component_rich_style("invoice-totals--total", partial=True))
        return Text("\n").join([*lines, total])

    def _row(self, label: str, amount: int, currency: str, unit: str = "") -> Text:
        money = Money(amount, currency).text(spoken())
        text = Text(label, no_wrap=True, overflow="ellipsis")
        text.truncate(max(self.size.width - len(money) - len(unit) - 2, 1), overflow="ellipsis")
        text.append(f"  {unit}" if unit else "")
        text.append(" " * (self.size.width - text.cell_len - len(money)) + money)
        return text
