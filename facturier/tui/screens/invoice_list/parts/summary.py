"""What the card says of an invoice. Loaded when a card is first shown: narrow windows have none."""

from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from facturier.mail.document.formatting import percent
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.themes.theme import WARNING
from facturier.tui.widgets.status import DELIVERIES, delivery_status, settlement
from facturier.tui.words.alerts import alert_title
from facturier.tui.words.formatting import long_day, moment

_MOST = 12  # lines of the invoice


def invoice_summary(store: Store, invoice_id: int, today: date) -> tuple[object, RenderableType]:
    """What was read, to compare, and how it is drawn. Raises NoSuchInvoice."""
    with store.reading():
        invoice = get_invoice(store, invoice_id)
        deliveries = deliveries_of(store, invoice_id)[-3:]
        alerts = open_alerts(store, invoice_id)
    parts: list[RenderableType] = [_head(invoice, today), _lines(invoice)]
    parts += [Text(f"⚠ {alert_title(alert)}", WARNING) for alert in alerts]
    parts += [
        Text.assemble(DELIVERIES[delivery.state].text(), f"  {moment(delivery.changed)}") for delivery in deliveries
    ]
    return (invoice, deliveries, alerts, today), Group(*parts)


def _head(invoice: Invoice, today: date) -> Text:
    name = Text(clean(invoice.customer.name) or _("No customer yet"), "bold")
    state = delivery_status(invoice.book_status, invoice.delivery, invoice.handed_over).text()
    number = Text(invoice.known_number or _("draft"), "bold")
    words = "{date}" if invoice.is_credit else _("{date}, due {due}")
    dates = Text(words.format(date=long_day(invoice.date), due=long_day(invoice.due)))
    parts = [Text.assemble(number, "  ", state, "  ", settlement(invoice.owed(today))), name]
    parts += [Text(clean(invoice.customer.email))] if invoice.customer.email else []
    return Text("\n").join([*parts, dates, Text("")])


def _lines(invoice: Invoice) -> Table:
    table = Table.grid(expand=True, padding=(0, 1))
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)

    def add(what: str, minor: int | None, style: str = "") -> None:
        amount = "?" if minor is None else Money(minor, invoice.currency).text(spoken())
        table.add_row(Text(what, style), Text(amount, style))

    totals = invoice.totals
    for line, amount in list(zip(invoice.lines, totals.amounts, strict=True))[:_MOST]:
        if not line.empty:
            add(clean(line.item or line.description), amount)
    if len(invoice.lines) > _MOST:
        table.add_row(Text("…"), Text(""))
    table.add_row("", "")
    for tax in totals.taxes:
        add(f"{tax.code} {percent(tax.percent, spoken())}", tax.amount)
    add(_("Total {currency}").format(currency=invoice.currency), totals.total, "bold")
    if invoice.paid:
        add(_("Payments received"), -invoice.paid)
        add(_("Balance"), invoice.balance.minor, "bold")
    table.add_row("", "")
    return table
