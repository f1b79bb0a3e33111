"""The columns of the list of items, and the orders that it can be in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from rich.text import Text

from facturier.mail.document.formatting import unit_price
from facturier.models.books.invoice import Item
from facturier.models.errors import InputError
from facturier.models.settings.tax import tax_names
from facturier.models.settings.units import unit_words
from facturier.models.text.clean import clean
from facturier.models.text.decimals import read_decimal
from facturier.models.text.i18n import _, spoken
from facturier.models.text.search_text import fold
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.words.formatting import coded

SORTS = ("name", "rate", "sku")


class ItemRow(NamedTuple):
    """`id` is the item's number as long as the list is open: an item has only a name."""

    id: int
    item: Item


def item_columns(currency: str) -> tuple[Column[ItemRow], ...]:
    """`currency` is the company's. A rate in another one has its code."""

    def about(row: ItemRow) -> Text:
        described = Text(clean(row.item.described(spoken())))
        return Text.assemble((_("archived"), "italic"), "  ", described) if row.item.archived else described

    return (
        Column(
            _("Item"),
            lambda row: Text(clean(row.item.name), "dim" if row.item.archived else ""),
            14,
            flex=True,
            key="name",
        ),
        Column(_("SKU"), lambda row: Text(clean(row.item.sku)), 10, rank=3, key="sku"),
        Column(_("Description"), about, 14, rank=4, flex=True),
        Column(_("Rate"), lambda row: Text(rate_text(row.item, currency)), 14, rank=1, right=True, key="rate"),
        Column(_("Unit"), lambda row: Text(unit_words(row.item.unit, Decimal(1), spoken())), 8, rank=5),
        Column(_("Tax"), lambda row: Text(clean(tax_names(row.item.tax, spoken()))), 10, rank=2),
    )


def rate_text(item: Item, currency: str) -> str:
    """The rate in the company's currency, else in the first one that there is."""
    if item.rate or not item.rates:
        return unit_price(item.rate, currency, spoken()) if item.rate else ""
    code, rate = next(iter(item.rates.items()))
    return coded(unit_price(rate, code, spoken()), code)


def item_rates(item: Item, currency: str) -> str:
    """All rates with their currencies."""
    rates = _rates(item, currency)
    return "   ".join(_shown(rates, code) for code in rates)


def _rates(item: Item, currency: str) -> dict[str, str]:
    return {**({currency: item.rate} if item.rate else {}), **item.rates}


def _shown(rates: Mapping[str, str], code: str) -> str:
    return coded(unit_price(rates[code], code, spoken()), code) if code in rates else "–"


def changed_words(before: Item, after: Item, currency: str) -> str:
    """Say what was changed in an item: its rates, from what to what, or else only that it was."""
    was, now = _rates(before, currency), _rates(after, currency)
    changed = [code for code in {**was, **now} if was.get(code) != now.get(code)]
    if not changed:
        return _("“{name}” was changed.").format(name=clean(after.name))
    words = _("Rate of “{name}” changed: {rates}.")
    rates = (f"{_shown(was, code)} → {_shown(now, code)}" for code in changed)
    return words.format(name=clean(after.name), rates=", ".join(rates))


def in_order(items: list[Item], sort: str, descending: bool) -> list[Item]:
    """The items, which come by name, in another order. Archived ones come last."""
    if sort == "rate":
        items = sorted(items, key=_rate, reverse=descending)
    elif sort == "sku":
        items = sorted(items, key=lambda item: fold(item.sku), reverse=descending)
    elif descending:
        items = items[::-1]
    return sorted(items, key=lambda item: item.archived)


def _rate(item: Item) -> Decimal:
    try:
        return read_decimal(item.rate or next(iter(item.rates.values()), "0"))
    except InputError:
        return Decimal(0)
