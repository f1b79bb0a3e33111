"""What happened to an issued invoice: alerts, deliveries, payments and the history, newest first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from facturier.mail.senders.sent_words import acceptance, from_words
from facturier.models.books.invoice import Alert, Entry, Invoice, Payment
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import PaymentKind, State
from facturier.models.company.user import full_name
from facturier.models.customers.figures import Balance
from facturier.models.estimates.billing import Progress
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.money import Money
from facturier.tui.themes.theme import WARNING
from facturier.tui.widgets.estimate_status import billed_words
from facturier.tui.widgets.status import by_hand_status, email_status
from facturier.tui.words.alerts import alert_reason, alert_title, alert_todo
from facturier.tui.words.formatting import long_day, moment, seconds_left, with_currency
from facturier.tui.words.journal import journal_words
from facturier.tui.words.notices import notice_title

_COUNTED = 120  # seconds that are shown as a countdown; a later time is shown as a time
_ONE_LINE = 60  # columns from which a history entry has its time on the same line


@dataclass(frozen=True, slots=True)
class Region:
    """The title of a region, with a rule to the end of the line."""

    title: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        title = Text(self.title, "bold", no_wrap=True, overflow="ellipsis")
        rule = "─" * (options.max_width - title.cell_len - 1)
        yield Text.assemble(title, " ", (rule, "dim"), no_wrap=True, overflow="crop")


def alerts_text(alerts: Sequence[Alert]) -> Text:
    """Return what is wrong, why, and what to do. No other part of the screen shows this."""
    told = []
    for alert in alerts:
        parts = [part for part in (alert_reason(alert), alert_todo(alert)) if part]
        told.append(Text("\n").join([Text(f"⚠ {alert_title(alert)}", "bold"), *map(Text, parts)]))
    return Text("\n").join(told)


def deliveries_view(
    deliveries: Sequence[Delivery],
    explained: Collection[int | None],
    now: datetime,
    *,
    paused: bool,
    handed_over: str = "",
    silence: str = "",
) -> RenderableType:
    """Return how the invoice was `handed_over`, its deliveries with those of its reminders and the like, and why there
    is a `silence` of reminders.

    If an id is in `explained`, its problem is in an alert. `now` is for the countdown.
    """
    parts: list[RenderableType] = [Region(_("Deliveries"))]
    sent = False
    for delivery in deliveries:
        state = Text.assemble(email_status(delivery.state, delivery.kind), f"  {moment(delivery.changed)}")
        if title := notice_title(delivery):
            state = Text.assemble((title, "bold"), "  ", state)
        elif sent and delivery.state is State.FAILED:
            state = Text.assemble(state, "  ", (_("only this copy"), "dim"))
        course = delivery_course(delivery, now, paused=paused, problem=delivery.id not in explained)
        parts[1:1] = [state, _under(course)]
        sent = sent or (not title and delivery.state in (State.SENT, State.PARTLY_SENT))
    if handed_over:
        parts.insert(1, by_hand_status(handed_over).text())
    if silence:
        parts.insert(1, Text(silence, WARNING))
    return Group(*parts) if len(parts) > 1 else _empty(_("Deliveries"), _("Not sent yet."))


def payments_view(
    payments: Sequence[Payment], invoice: Invoice, numbers: Mapping[int, str], owes: Balance | None = None
) -> RenderableType:
    """Return the payments, newest first. `numbers` has the numbers of the other documents of credits, and `owes` is
    what the customer owes in all, if that is to be shown."""
    if not payments:
        return _empty(_("Payments"), "  ".join(filter(None, (_("None"), _owed_words(owes)))))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for payment in reversed(payments):
        amount = with_currency(Money(payment.amount, invoice.currency))
        table.add_row(Text(long_day(payment.date)), Text(amount), Text(_about(payment, numbers)))
    owed = _owed_words(owes)
    return Group(Region(_("Payments")), table, *([Text(owed, "dim")] if owed else []))


def _owed_words(owes: Balance | None) -> str:
    if owes is None:
        return ""
    words = _("The customer owes {amount} in total.") if owes.owed >= 0 else _("The customer has a credit of {amount}.")
    return words.format(amount=with_currency(Money(abs(owes.owed), owes.currency)))


def billed_view(progress: Progress, currency: str) -> RenderableType:
    """Return what is billed of an estimate, and the invoices made from it, newest first."""
    if not progress.invoices:
        return _empty(_("Invoices"), billed_words(progress, currency))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for invoice in reversed(progress.invoices):
        number = Text(clean(invoice.known_number) or _("draft"), "" if invoice.number else "italic")
        table.add_row(number, Text(long_day(invoice.date)), Text(with_currency(invoice.total)))
    return Group(Region(_("Invoices")), table, Text(billed_words(progress, currency), "dim"))


def _about(payment: Payment, numbers: Mapping[int, str]) -> str:
    if payment.kind is PaymentKind.WRITE_OFF:
        return _("written off: {reason}").format(reason=clean(payment.reference))
    if payment.kind is not PaymentKind.CREDIT:
        return "  ".join(filter(None, (clean(payment.method), clean(payment.reference))))
    words = _("credit {number}") if payment.amount > 0 else _("applied to {number}")
    return words.format(number=numbers.get(payment.other_id or 0, ""))


def _empty(title: str, words: str) -> Text:
    return Text.assemble((title, "bold"), "  ", (words, "dim"))


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The history of an invoice or a customer, newest first.

    `invoice` is the invoice, or a customer’s invoices by id: then each entry about one begins with its number.
    """

    entries: Sequence[Entry]
    invoice: Invoice | Mapping[int, InvoiceRow]
    deliveries: Sequence[Delivery] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Region(_("History"))
        beside = options.max_width >= _ONE_LINE
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        if beside:
            table.add_column(style="dim", no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for entry in reversed(self.entries):
            words = self._words(entry)
            what = Text.assemble(words, "  ", (full_name(entry.user), "dim"), overflow="fold")
            if beside:
                table.add_row(Text(moment(entry.at)), what)
            else:
                table.add_row(Text(moment(entry.at), "dim"))
                table.add_row(_under(what))
        yield table

    def _words(self, entry: Entry) -> str:
        if isinstance(self.invoice, Invoice):
            return journal_words(entry, self.invoice, self.deliveries)
        invoice = self.invoice.get(entry.invoice_id or 0)
        words = journal_words(entry, invoice, self.deliveries)
        if invoice is None:
            return words
        return _("{field}: {value}").format(field=clean(invoice.number or invoice.reserved or _("draft")), value=words)


def folded_history(count: int) -> Text:
    """Return the line that is shown instead of the history until the person opens it."""
    entries = ngettext("{count} entry", "{count} entries", count).format(count=count)
    return _empty(_("History"), _("{entries} · h shows them").format(entries=entries))


def delivery_course(delivery: Delivery, now: datetime, *, paused: bool, problem: bool = True) -> Text:
    """Return from whom to whom, when it is sent, what stopped it, and who accepted it.

    `paused` is whether the outbox is paused, and `problem` whether to show what stopped it.
    """
    people = ", ".join(clean(address) for address in delivery.envelope.recipients)
    sender = clean(from_words(delivery))
    lines = [Text(_("from {sender} to {people}").format(sender=sender, people=people))]
    left = seconds_left(delivery, now)
    if paused and delivery.state is State.QUEUED:
        lines.append(Text(_("waiting: the outbox is paused"), "bold"))
    elif left and delivery.attempts:
        words = ngettext(
            "tried once, not sent; next try {moment}",
            "tried {count} times, not sent; next try {moment}",
            delivery.attempts,
        )
        again = words.format(count=delivery.attempts, moment=moment(delivery.not_before))
        lines.append(Text(again, "bold"))
    elif 0 < left <= _COUNTED:
        lines.append(Text(_("will be sent in {seconds} s").format(seconds=left), "bold"))
    elif left:
        lines.append(Text(_("scheduled {moment}").format(moment=moment(delivery.not_before))))
    if delivery.problem and problem:
        lines.append(Text(clean(delivery.problem)))
    if delivery.server_id:
        lines.append(Text(acceptance(delivery.sender_kind, clean(delivery.server_id)), "dim", overflow="fold"))
    return Text("\n").join(lines)


def _under(text: str | Text) -> Padding:
    return Padding(text if isinstance(text, Text) else Text(text), (0, 0, 0, 2))
