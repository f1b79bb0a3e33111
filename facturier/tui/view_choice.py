"""Which invoices the list shows and in which order: the next filter, the next sort, and all of them for the palette."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from textual.dom import DOMNode

from facturier.models.language import N_, _
from facturier.models.view import Show, Sort, View
from facturier.tui.commands import Command
from facturier.tui.widgets.filters import FILTERS

_SORTS = {
    Sort.DATE: N_("Sort by date"),
    Sort.NUMBER: N_("Sort by number"),
    Sort.CUSTOMER: N_("Sort by customer"),
    Sort.DUE: N_("Sort by due date"),
    Sort.BALANCE: N_("Sort by balance"),
    Sort.TOTAL: N_("Sort by total"),
}
_MORE_FILTERS = {Show.DUE: N_("Due, not overdue"), Show.DRAFT: N_("Drafts")}
# What a person wants to see first: names from A, what is due soonest, everything else from the newest or largest.
_RISING = (Sort.CUSTOMER, Sort.DUE)


def next_filter(view: View, step: int) -> View:
    shown = list(FILTERS)
    here = shown.index(view.show) if view.show in shown else 0
    return replace(view, show=shown[(here + step) % len(shown)])


def next_sort(view: View) -> View:
    order = list(_SORTS)
    return turned(view, order[(order.index(view.sort) + 1) % len(order)])


def turned(view: View, sort: Sort) -> View:
    """Sorted by another column, in the order that is wanted first; by the same one, the other way round."""
    return replace(view, sort=sort, descending=not view.descending if sort is view.sort else sort not in _RISING)


def view_commands(node: DOMNode, view: View, look_at: Callable[[View], None]) -> Iterator[Command]:
    for show, name in _MORE_FILTERS.items():
        yield Command(_(name), (), "", partial(look_at, replace(view, show=show)), node)
    for sort, name in _SORTS.items():
        yield Command(_(name), (), "", partial(look_at, turned(view, sort)), node)
