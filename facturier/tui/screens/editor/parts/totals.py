"""The totals of an invoice: subtotal, each tax and the total, below the column of amounts."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from facturier.mail.document.formatting import percent
from facturier.models.books.invoice import Invoice
from facturier.models.settings.tax import tax_name
from facturier.models.settings.totals import Totals
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money


class InvoiceTotals(Widget, can_focus=False):
    """The totals, one per line, with right-aligned amounts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"invoice-totals--total"}

    def __init__(self, invoice: Invoice) -> None:
        super().__init__()
        self.border_title = _("Totals")
        self._totals = invoice.totals
        self._currency = invoice.currency
        self._inclusive = invoice.inclusive

    def show(self, invoice: Invoice) -> None:
        """Show the totals of another invoice, or of another state of it."""
        if (invoice.totals, invoice.currency, invoice.inclusive) == (self._totals, self._currency, self._inclusive):
            return
        self._inclusive = invoice.inclusive
        before, self._totals = self._totals, invoice.totals
        self._currency = invoice.currency
        self.refresh(layout=len(_rows(before, inclusive=False)) != len(_rows(self._totals, inclusive=False)))

    def render(self) -> RenderResult:
        totals, currency = self._totals, self._currency
        lines = [self._row(label, amount, currency) for label, amount in _rows(totals, inclusive=self._inclusive)]
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


def _rows(totals: Totals, *, inclusive: bool) -> list[tuple[str, int]]:
    rows = [(_("Subtotal"), totals.subtotal)]
    if totals.discount:
        rows.append((_("Discount"), -totals.discount))
    if totals.shipping:
        rows.append((_("Shipping"), totals.shipping))
    for tax in totals.taxes:
        name = f"{tax_name(tax.code, spoken())} {percent(tax.percent, spoken())}"
        rows.append((_("{tax} included").format(tax=name) if inclusive else name, tax.amount))
    return rows
