"""An invoice as text: customer, dates, lines, taxes, total and balance, at any width."""

from dataclasses import dataclass
from datetime import date

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from facturier.mail.document.formatting import percent, quantity, unit_price
from facturier.models.books.invoice import ONE_LINE, Invoice
from facturier.models.books.status import BookStatus
from facturier.models.settings.tax import Line, tax_name
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.dates import terms_text
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.formatting import long_day, with_currency
from facturier.tui.widgets.status import settlement

_TWO_COLUMNS = 56  # columns from which on the dates are beside the customer, and figures in columns of their own


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """The invoice on `today`, as wide as its place allows."""

    invoice: Invoice
    today: date

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= _TWO_COLUMNS
        yield self._head(wide=wide)
        yield Text("")
        yield self._lines(wide=wide)
        yield Text("─" * options.max_width, "dim")
        yield self._sums()

    def _head(self, *, wide: bool) -> Table:
        customer = self.invoice.customer
        lines = [customer.contact, customer.email, *clean_lines(customer.address).split("\n")]
        name = Text(clean(customer.name), "bold")
        about = Text("\n").join([name, *(Text(clean(line)) for line in lines if line.strip())])
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(ratio=1, overflow="fold")
        if wide:
            table.add_column(justify="right", no_wrap=True)
            table.add_row(about, self._facts())
        else:
            table.add_row(Text.assemble(self.balance(), "  ", settlement(self.invoice.owed(self.today))))
            table.add_row(about)
            table.add_row(self._facts(balance=False))
        return table

    def _facts(self, *, balance: bool = True) -> Table:
        invoice = self.invoice
        facts = [
            (_("Date"), long_day(invoice.date)),
            (_("Due"), long_day(invoice.due)),
            (_("Terms"), terms_text(invoice.terms)),
            *((_(label), clean(getattr(invoice, name))) for name, label in ONE_LINE.items()),
        ]
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(no_wrap=not balance, max_width=32, overflow="ellipsis")
        for label, text in facts:
            if text:
                table.add_row(label, Text(text))
        if not balance:
            return table
        both = Table.grid()
        both.add_column(justify="right")
        both.add_row(self.balance())
        both.add_row(table)
        return both

    def balance(self) -> Text:
        """What is still to be paid, as the loudest thing on the screen."""
        invoice, balance = self.invoice, self.invoice.balance
        if invoice.book_status is BookStatus.VOID:
            words = _("Void")
        elif balance.minor < 0:
            words = _("Overpaid by {amount}").format(amount=with_currency(Money(-balance.minor, balance.currency)))
        elif balance.minor == 0:
            words = _("Paid")
        else:
            words = _("Balance {balance}").format(balance=with_currency(balance))
        text = Text(f" {words} ", settlement(invoice.owed(self.today)).style)
        text.stylize("bold reverse")
        return text

    def _lines(self, *, wide: bool) -> Table:
        invoice = self.invoice
        table = Table.grid(padding=(0, 0, 0, 2), expand=True)
        headings = [_("Qty"), _("Rate"), _("Tax"), _("Amount")] if wide else [_("Amount")]
        table.add_column(ratio=1, overflow="fold")
        for _heading in headings:
            table.add_column(justify="right", no_wrap=True)
        table.add_row(Text(_("Description"), "bold"), *(Text(heading, "bold") for heading in headings))
        for line, amount in zip(invoice.lines, invoice.totals.amounts, strict=True):
            if not line.empty:
                table.add_row(*self._line(line, amount, wide=wide))
        return table

    def _line(self, line: Line, amount: int | None, *, wide: bool) -> list[RenderableType]:
        item, description = clean(line.item), clean_lines(line.description).strip()
        first, _break, rest = description.partition("\n")
        title, more = (item, description) if item else (first.strip(), rest.strip())
        priced = bool(line.rate.strip())
        figures = [
            quantity(line.quantity or "1", spoken()) if priced else "",
            unit_price(line.rate, self.invoice.currency, spoken()) if priced else "",
            "+".join(tax_name(code, spoken()) for code in line.codes),
        ]
        total = Money(amount, self.invoice.currency).text(spoken()) if priced and amount is not None else ""
        parts = [Text(title)]
        if not wide and priced:
            parts.append(Text(" × ".join(figures[:2]) + f" {figures[2]}".rstrip(), "dim"))
        if more:
            parts.append(Text(more, "dim"))
        text = Text("\n").join(parts)
        return [text, *(Text(figure) for figure in figures), Text(total)] if wide else [text, Text(total)]

    def _sums(self) -> Table:
        invoice, totals = self.invoice, self.invoice.totals
        table = Table.grid(padding=(0, 0, 0, 2), expand=True)
        table.add_column(ratio=1, justify="right", overflow="fold")
        table.add_column(justify="right", no_wrap=True)

        def add(label: str, amount: str, style: str = "") -> None:
            table.add_row(Text(label, style), Text(amount, style))

        add(_("Subtotal"), Money(totals.subtotal, invoice.currency).text(spoken()))
        for tax in totals.taxes:
            label = f"{tax_name(tax.code, spoken())} {percent(tax.percent, spoken())}"
            add(label, Money(tax.amount, invoice.currency).text(spoken()))
        add(_("Total"), with_currency(invoice.total))
        if invoice.paid:
            add(_("Payments received"), Money(-invoice.paid, invoice.currency).text(spoken()))
        if invoice.book_status is not BookStatus.VOID:
            add(_("Balance"), with_currency(invoice.balance), "bold")
        return table
