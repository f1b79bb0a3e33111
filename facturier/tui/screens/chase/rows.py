"""The columns of the invoices to chase, and what is said about the selected one."""

from collections.abc import Callable, Iterable
from datetime import date

from rich.text import Text

from facturier.models.books.status import DeliveryKind
from facturier.models.chasing.due_levels import Chased
from facturier.models.settings.reminders import level_text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.money import Money
from facturier.tui.themes.theme import WARNING
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.status import delivery_width, email_status
from facturier.tui.words.formatting import day_width, short_day, with_currency


def chase_columns(today: Callable[[], date]) -> tuple[Column[Chased], ...]:
    def late(row: Chased) -> Text:
        """Return the days. The level of the reminder says when it is due if it is not late yet."""
        days = row.late(today())
        return Text(str(days), WARNING) if days > 0 else Text("–", "dim")

    def last(row: Chased) -> Text:
        """Return the day of the latest reminder, with its state unless it was sent."""
        if row.last is None:
            return Text("–", "dim")
        day = short_day(row.last.at.astimezone().date(), today())
        return Text.assemble(day, " ", email_status(row.last.state, DeliveryKind.REMINDER))

    widest_last = day_width(lambda day: short_day(day, today()), today()) + 1 + delivery_width()
    return (
        Column(_("Days late"), late, 10, right=True, short=Column(_("Late"), late, 6, right=True)),
        Column(_("Customer"), lambda row: Text(clean(row.customer)), 12, flex=True),
        Column(_("No."), lambda row: Text(row.number), 7),
        Column(_("Balance"), lambda row: Text(with_currency(row.balance), "bold"), 13, right=True),
        Column(_("Reminder"), lambda row: Text(level_text(row.days)), 15, rank=1),
        Column(_("Last reminder"), last, widest_last, rank=2),
    )


_MOST_CURRENCIES = 2  # for which there is room beside the title


def chase_sum(rows: Iterable[Chased]) -> str:
    """Return how many invoices there are, and their balances by currency, unless there are many currencies."""
    rows = list(rows)
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.balance.currency] = sums.get(row.balance.currency, 0) + row.balance.minor
    words = ngettext("{count} invoice", "{count} invoices", len(rows)).format(count=len(rows))
    if len(sums) > _MOST_CURRENCIES:
        return words
    return "  ".join([words, *(with_currency(Money(minor, currency)) for currency, minor in sorted(sums.items()))])
