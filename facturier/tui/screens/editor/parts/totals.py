"""The totals of an invoice: subtotal, each tax, the total, and the balance after a deposit. With an exchange rate, also
the total in the company's currency."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.geometry import Size
from textual.widget import Widget

from facturier.mail.document.formatting import percent, quantity
from facturier.models.books.invoice import Invoice
from facturier.models.settings.tax import tax_name
from facturier.models.settings.totals import Totals
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money


class InvoiceTotals(Widget, can_focus=False):
    """The totals, one per line, with right-aligned amounts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"invoice-totals--total"}

    def __init__(self, invoice: Invoice, home: str) -> None:
        super().__init__()
        self._home = home  # the company's currency
        self.border_title = _("Totals")
        self._take(invoice)

    def _take(self, invoice: Invoice) -> None:
        self._totals = invoice.totals
        self._currency = invoice.currency
        self._inclusive = invoice.inclusive
        self._deposit = invoice.deposit_received
        self._rate = invoice.exchange_rate
        self._at_home = invoice.converted(invoice.totals.total, self._home)

    @property
    def _shown(self) -> tuple[Totals, str, bool, int, str, Money | None]:
        return self._totals, self._currency, self._inclusive, self._deposit, self._rate, self._at_home

    @property
    def _height(self) -> int:
        rows = len(_rows(self._totals, inclusive=False))
        return rows + 1 + 2 * bool(self._deposit) + (self._at_home is not None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 (Textual's)
        return self._height  # drawing them asks for their width, for which Textual would lay out the screen once more

    def show(self, invoice: Invoice) -> None:
        """Show the totals of another invoice, or of another state of it."""
        before, height = self._shown, self._height
        self._take(invoice)
        if self._shown != before:
            self.refresh(layout=self._height != height)

    def render(self) -> RenderResult:
        totals, currency = self._totals, self._currency
        lines = [self._row(label, amount, currency) for label, amount in _rows(totals, inclusive=self._inclusive)]
        lines.append(self._loud(_("Total"), totals.total))
        if self._deposit:
            lines.append(self._row(_("Deposit"), -self._deposit, currency))
            lines.append(self._loud(_("Balance"), totals.total - self._deposit))
        if self._at_home is not None:
            label = _("In {currency} at {rate}").format(currency=self._home, rate=quantity(self._rate, spoken()))
            lines.append(self._row(label, self._at_home.minor, self._home))
        return Text("\n").join(lines)

    def _loud(self, label: str, amount: int) -> Text:
        row = self._row(label, amount, self._currency, self._currency)
        row.stylize(self.get_component_rich_style("invoice-totals--total", partial=True))
        return row

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
