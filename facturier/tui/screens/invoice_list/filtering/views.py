"""Which invoices the list shows, in which order, in words, and as commands of the palette."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from textual.dom import DOMNode

from facturier.models.errors import InputError
from facturier.models.listing.totals import Added
from facturier.models.listing.view import SortKey, View
from facturier.models.store.store import Store
from facturier.models.text.i18n import N_, _, ngettext, spoken
from facturier.models.text.money import Money
from facturier.tui.screens.invoice_list.filtering.filters import FILTERS, MORE_FILTERS, filter_word
from facturier.tui.words.formatting import counted, long_day, with_currency

if TYPE_CHECKING:
    from facturier.tui.screens.dialogs.palette.commands import Command

_SORTS = {
    SortKey.DATE: N_("Sort by date"),
    SortKey.NUMBER: N_("Sort by number"),
    SortKey.CUSTOMER: N_("Sort by customer"),
    SortKey.DUE: N_("Sort by due date"),
    SortKey.BALANCE: N_("Sort by balance"),
    SortKey.TOTAL: N_("Sort by total"),
}
# What a person wants to see first: names from A, what is due soonest, everything else from the newest or largest.
_RISING = (SortKey.CUSTOMER, SortKey.DUE)


def next_filter(view: View, step: int) -> View:
    shown = list(FILTERS)
    here = shown.index(view.show) if view.show in shown else 0
    return replace(view, show=shown[(here + step) % len(shown)])


def next_sort(view: View) -> View:
    order = list(_SORTS)
    return turned(view, order[(order.index(view.sort) + 1) % len(order)])


def turned(view: View, sort: SortKey) -> View:
    """Sorted by another column, in the order that is wanted first; by the same one, the other way round."""
    return replace(view, sort=sort, descending=not view.descending if sort is view.sort else sort not in _RISING)


def view_words(view: View, today: date) -> str:
    """What a list is narrowed to beside its filter and its search, in a line; empty where by nothing."""
    parts = []
    if view.customer:
        parts.append(_("customer {name}…").format(name=view.customer))
    if view.since:
        parts.append(_("from {day}").format(day=_day(view.since, today)))
    if view.until:
        parts.append(_("to {day}").format(day=_day(view.until, today)))
    if view.least:
        parts.append(f"≥ {view.least} {view.currency}")
    if view.most:
        parts.append(f"≤ {view.most} {view.currency}")
    if view.alerts:
        parts.append(_("with an alert"))
    return _("Only {conditions} (Esc: all)").format(conditions=", ".join(parts)) if parts else ""


def sums_words(sums: Iterable[Added], own: str) -> tuple[str, ...]:
    """Return the number of invoices with their total, balance and tax in one line: first with the sums of each
    currency, then shorter and shorter, for narrower windows."""
    added = [one for one in sums if one.invoices]
    count = sum(one.invoices for one in added)
    counted_words = ngettext("{count} invoice", "{count} invoices", count).format(count=counted(count))
    plain = len(added) == 1 and added[0].currency == own

    def line(named: int, words: Callable[[Added, bool], str]) -> str:
        more = len(added) - named
        rest = [ngettext("{count} more currency", "{count} more currencies", more).format(count=more)] if more else []
        return " · ".join([counted_words, *(words(one, plain) for one in added[:named]), *rest])

    whole = [line(named, _whole_sum) for named in range(len(added), 0, -1)]
    return (*whole, line(min(1, len(added)), _short_sum), counted_words)


def _whole_sum(one: Added, plain: bool) -> str:
    words = _short_sum(one, plain)
    if one.tax is None:
        return words
    return _("{sums}, tax {tax}").format(sums=words, tax=Money(one.tax, one.currency).text(spoken()))


def _short_sum(one: Added, plain: bool) -> str:
    total, balance = Money(one.total, one.currency), Money(one.balance, one.currency).text(spoken())
    return _("total {total}, balance {balance}").format(
        total=total.text(spoken()) if plain else with_currency(total), balance=balance
    )


def _day(typed: str, today: date) -> str:
    """The day that is meant today by what was typed, such as `-90`."""
    from facturier.models.text.dates.dates import parse_day

    try:
        return long_day(parse_day(typed, today))
    except InputError:
        return typed


def line_words(sparing: bool) -> tuple[str, tuple[str, ...], str]:
    """The command that changes how much is sent to the terminal: its name, no keys, and a sentence about it."""
    if sparing:
        return _("Fast connection"), (), _("Show the cursor as a bar again.")
    return (
        _("Slow connection"),
        (),
        _("Show the cursor as a mark before its row, so that less data is sent."),
    )


def view_commands(
    node: DOMNode, store: Store, view: View, look_at: Callable[[View], None], today: date
) -> "Iterator[Command]":
    from facturier.models.listing.saved_views import forget_view, saved_views
    from facturier.tui.screens.dialogs.palette.commands import Command

    for name, saved in saved_views(store).items():
        yield Command(_("Show “{name}”").format(name=name), (), view_words(saved, today), partial(look_at, saved), node)
    for name in saved_views(store):
        forget = partial(forget_view, store, name)
        yield Command(_("Delete the filter “{name}”").format(name=name), (), "", forget, node)
    for show in MORE_FILTERS:
        yield Command(filter_word(show), (), "", partial(look_at, replace(view, show=show)), node)
    for sort, word in _SORTS.items():
        yield Command(_(word), (), "", partial(look_at, turned(view, sort)), node)
