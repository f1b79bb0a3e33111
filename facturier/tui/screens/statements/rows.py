"""The list of accounts: its rows, columns and order."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from rich.text import Text

from facturier.models.receivables.accounts import Account
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.models.text.search_text import fold
from facturier.tui.themes.theme import ERROR, QUIET
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.words.formatting import short_day

SORTS = ("name", "owed", "overdue", "sent")


class AccountRow(NamedTuple):
    """`id` is the number of the account in the list."""

    id: int
    account: Account


def account_columns(today: Callable[[], date]) -> tuple[Column[AccountRow], ...]:
    def money(minor: int, currency: str) -> str:
        return Money(minor, currency).text(spoken())

    def sent(row: AccountRow) -> Text:
        if row.account.queued is not None:
            return Text(_("in outbox"))
        when = row.account.sent
        return Text(short_day(when.astimezone().date(), today()) if when is not None else "")

    def overdue(row: AccountRow) -> Text:
        minor = row.account.overdue
        return Text(money(minor, row.account.currency) if minor else "", ERROR)

    def name(row: AccountRow) -> Text:
        return Text(clean(row.account.name))

    def customer(width: int, rank: int, short: Column[AccountRow] | None = None) -> Column[AccountRow]:
        return Column(_("Customer"), name, width, rank, flex=True, key="name", short=short)

    return (
        customer(20, 1, customer(12, 0)),
        Column(_("Email"), lambda row: Text(clean(row.account.email), QUIET), 18, rank=3, flex=True),
        Column("", lambda row: Text(row.account.currency, QUIET), 3),
        Column(_("Owed"), lambda row: Text(money(row.account.owed, row.account.currency)), 13, right=True, key="owed"),
        Column(_("Overdue"), overdue, 13, rank=1, right=True, key="overdue"),
        Column(_("Last sent"), sent, 11, rank=2, key="sent"),
    )


def matching(accounts: Iterable[Account], text: str) -> list[Account]:
    """Return the accounts whose name, email or currency contains a text."""
    sought = fold(text)
    return [one for one in accounts if sought in fold(f"{one.name}\n{one.email}\n{one.currency}")]


def in_order(accounts: Iterable[Account], key: str, own: str, *, descending: bool) -> list[Account]:
    """Sort accounts that come by name. Amounts are compared within a currency; the company's `own` comes first."""

    def owed(account: Account) -> int:
        return account.owed if key == "owed" else account.overdue

    def last(account: Account) -> float:
        return account.sent.timestamp() if account.sent is not None else 0.0

    if key == "name":
        return [*accounts][::-1] if descending else [*accounts]
    if key == "sent":
        return sorted(accounts, key=last, reverse=descending)
    by_amount = sorted(accounts, key=owed, reverse=descending)
    return sorted(by_amount, key=lambda account: (account.currency != own, account.currency))
