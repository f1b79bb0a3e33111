"""Items: what is sold, with the rate and tax that it usually has."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from peewee import fn

from facturier.models.books.invoice import Item
from facturier.models.errors import InputError
from facturier.models.settings.line import Line, as_kept
from facturier.models.store import sqlite, tables
from facturier.models.store.store import Store
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.i18n import N_
from facturier.models.text.limits import NAME, TEXT, check_lengths
from facturier.models.text.search_text import fold


def find_items(store: Store, text: str = "", limit: int = 12) -> list[Item]:
    """Items whose name or description contains `text`, those whose name begins with it first."""
    sought, item = fold(text), tables.Item
    return store.all(
        item.select(item.name, item.description, item.rate, item.tax)
        .where(sqlite.contains(item.folded, sought))
        .order_by(sqlite.begins_with(item.folded, sought).desc(), item.folded)
        .limit(limit)
        .objects(Item)
    )


def item_taxes(store: Store, limit: int = 12) -> list[str]:
    """The taxes that items have, those of the most items first."""
    item = tables.Item
    found = store.all(
        item.select(item.tax)
        .where(item.tax != "")
        .group_by(item.tax)
        .order_by(fn.COUNT(item.name).desc(), item.tax)
        .limit(limit)
    )
    return [tax for (tax,) in found]


def save_item(store: Store, item: Item) -> None:
    """Keep an item under its name, replacing what was there. Raises InputError for a text that is too long."""
    check_lengths((N_("Item"), item.name, NAME), (N_("Description"), item.description, TEXT))
    with store.writing():
        store.run(
            _insert(item).on_conflict(
                conflict_target=[tables.Item.name],
                preserve=[tables.Item.description, tables.Item.rate, tables.Item.tax, tables.Item.folded],
            )
        )


def keep_new_items(store: Store, lines: Iterable[Line], currency: str) -> int:
    """Keep as items what lines with a rate and an amount name for the first time, in one transaction; how many there
    were. `currency` is what the lines are in. A known item stays as it is, whatever a line says of it."""
    kept = 0
    with store.writing():
        for line in (as_kept(line, currency) for line in lines):
            if line.item and _charges(line):
                item = Item(line.item, line.description, line.rate, line.tax)
                new = _insert(item).on_conflict(action="NOTHING", conflict_target=[tables.Item.name])
                kept += store.run(new.as_rowcount())
    return kept


def _insert(item: Item) -> Any:
    return tables.Item.insert(**asdict(item), folded=f"{fold(item.name)}\n{fold(item.description)}")


def _charges(line: Line) -> bool:
    """Whether quantity and rate are numbers that come to something: else the line may still be a slip."""
    try:
        return bool(parse_decimal(line.rate) * parse_decimal(line.quantity or "1"))
    except InputError:
        return False
