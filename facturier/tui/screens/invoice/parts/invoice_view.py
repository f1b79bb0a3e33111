"""An invoice as text: customer, dates, lines, taxes, total and balance, for any width."""

from dataclasses import dataclass
from datetime import date

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from facturier.mail.document.formatting import exchange
from facturier.mail.document.texts.lines import line_rows, sums_before_total
from facturier.models.books.invoice import ONE_LINE, Invoice
from facturier.models.books.opposite import opposite
from facturier.models.books.status import BookStatus, Settlement
from facturier.models.settings.line import LineKind
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.dates.terms import terms_text
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.widgets.estimate_status import answered_words
from facturier.tui.widgets.status import settlement
from facturier.tui.words.formatting import long_day, with_currency

_TWO_COLUMNS = 56  # columns from which the dates are beside the customer, and figures have their own columns
_FACT = 30  # the maximum columns for a PO number or project


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """The invoice as of `today`, in the available width. A credit note has the amounts of its document. `home` is the
    company's currency."""

    invoice: Invoice
    today: date
    home: str

    @property
    def _printed(self) -> Invoice:
        return opposite(self.invoice) if self.invoice.is_credit else self.invoice

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= _TWO_COLUMNS
        yield self._head(wide=wide)
        yield Text("")
        yield self._lines(wide=wide)
        yield Text("─" * options.max_width, "dim")
        yield self._sums()

    def _head(self, *, wide: bool) -> RenderableType:
        customer = self.invoice.customer
        lines = [customer.contact, customer.email, *clean_lines(customer.address).split("\n")]
        name = Text(clean(customer.name), "bold")
        about = Text("\n").join([name, *(Text(clean(line)) for line in lines if line.strip())])
        if not wide:
            balance = self.balance()
            if self.invoice.balance.minor > 0:
                balance = Text.assemble(balance, "  ", settlement(self.invoice.owed(self.today)))
            return Text("\n").join([balance, about, *self._facts()])
        facts = [self.balance(), *self._facts()]
        width = max(fact.cell_len for fact in facts)
        facts[0].pad_left(width - facts[0].cell_len)
        for fact in facts[1:]:
            fact.pad_right(width - fact.cell_len)
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(ratio=1, overflow="fold")
        table.add_column(no_wrap=True)
        table.add_row(about, Text("\n").join(facts))
        return table

    def _facts(self) -> list[Text]:
        invoice = self.invoice
        facts = [
            (_("Date"), long_day(invoice.date)),
            *self._due(),
            *self._from_estimate(),
            *((_(label), clean(getattr(invoice, name))) for name, label in ONE_LINE.items()),
            (_("Exchange rate"), exchange(invoice.exchange_rate, invoice.currency, self.home, spoken())),
            *((clean(name), clean(text)) for name, text in invoice.custom.items()),
        ]
        width = max(cell_len(label) for label, _text in facts)
        return [self._fact(set_cell_size(label, width), text) for label, text in facts if text]

    def _due(self) -> list[tuple[str, str]]:
        invoice = self.invoice
        if invoice.is_estimate:
            return [
                (_("Valid until"), long_day(invoice.due)),
                (_("Answer"), answered_words(invoice, self.today)),
            ]
        if not invoice.is_credit:
            return [(_("Due"), long_day(invoice.due)), (_("Terms"), terms_text(invoice.payment_terms))]
        if invoice.source is None:
            return []
        return [(_("Credit for"), f"{clean(invoice.source.number)}, {long_day(invoice.source.date)}")]

    def _from_estimate(self) -> list[tuple[str, str]]:
        source = self.invoice.source
        return [(_("Estimate"), clean(source.number))] if source is not None and not self.invoice.is_credit else []

    @staticmethod
    def _fact(label: str, text: str) -> Text:
        value = Text(text)
        value.truncate(_FACT, overflow="ellipsis")
        return Text.assemble((label, "dim"), "  ", value)

    def balance(self) -> Text:
        """Return the balance, as the most prominent text on the screen."""
        invoice, balance = self.invoice, self.invoice.balance
        if invoice.book_status is BookStatus.VOID:
            words = _("Void")
        elif invoice.is_estimate:
            words = _("Total {amount}").format(amount=with_currency(invoice.total))
        elif invoice.is_credit:
            used = {Settlement.REFUNDED: _("Refunded in full"), Settlement.SETTLED: _("Applied and refunded")}
            words = used.get(invoice.owed(self.today).settlement, _("Applied"))
            if balance.minor:
                words = _("Credit {amount}").format(amount=with_currency(-balance))
        elif balance.minor < 0:
            words = _("Overpaid by {amount}").format(amount=with_currency(Money(-balance.minor, balance.currency)))
        elif balance.minor == 0:
            words = _("Paid")
        else:
            words = _("Balance {balance}").format(balance=with_currency(balance))
        style = "" if invoice.is_estimate else settlement(invoice.owed(self.today)).style
        text = Text(f" {words} ", style)
        text.stylize("bold reverse")
        return text

    def _lines(self, *, wide: bool) -> Table:
        invoice = self._printed
        table = Table.grid(padding=(0, 0, 0, 2), expand=True)
        headings = [_("Qty"), _("Rate"), _("Tax"), _("Amount")] if wide else [_("Amount")]
        table.add_column(ratio=1, overflow="fold")
        for _heading in headings:
            table.add_column(justify="right", no_wrap=True)
        table.add_row(Text(_("Description"), "bold"), *(Text(heading, "bold") for heading in headings))
        for row in line_rows(invoice, spoken()):
            figures = [row.quantity, row.price, row.tax.replace(" ", "")]
            parts = [Text(row.title, "" if row.kind == LineKind.ITEM else "bold")]
            if not wide and row.price:
                parts.append(Text(f"{row.quantity} × {row.price} {figures[-1]}".rstrip(), "dim"))
            if row.description:
                parts.append(Text(row.description, "dim"))
            shown = [*figures, row.amount] if wide else [row.amount]
            table.add_row(Text("\n").join(parts), *map(Text, shown))
        return table

    def _sums(self) -> Table:
        invoice = self._printed
        table = Table.grid(padding=(0, 0, 0, 2), expand=True)
        table.add_column(ratio=1, justify="right", overflow="fold")
        table.add_column(justify="right", no_wrap=True)

        def add(label: str, amount: str, style: str = "") -> None:
            table.add_row(Text(label, style), Text(amount, style))

        for detail in sums_before_total(invoice, spoken()):
            add(detail.label, detail.text)
        add(_("Total"), with_currency(invoice.total))
        paid = {_("Payments received"): invoice.paid}
        if invoice.is_credit:
            applied = invoice.paid - invoice.refunded
            paid = {_("Applied to invoices"): applied, _("Refunded to the customer"): invoice.refunded}
        for label, minor in paid.items():
            if minor:
                add(label, Money(-minor, invoice.currency).text(spoken()))
        if invoice.book_status is not BookStatus.VOID and not invoice.is_estimate:
            add(_("Remaining credit") if invoice.is_credit else _("Balance"), with_currency(invoice.balance), "bold")
        return table
