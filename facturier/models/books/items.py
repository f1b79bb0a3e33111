"""Items: what is sold, with the rate and tax that it usually has."""

from collections.abc import Iterable

from facturier.models.books.invoice import Item
from facturier.models.errors import InputError
from facturier.models.settings.tax import Line, as_kept
from facturier.models.store.store import Store
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.i18n import _
from facturier.models.text.limits import NAME, TEXT, check_lengths
from facturier.models.text.search_text import fold


def find_items(store: Store, text: str = "", limit: int = 12) -> list[Item]:
    """Items whose name or description contains `text`, those whose name begins with it first."""
    sought = fold(text)
    found = store.rows(
        "SELECT name, description, rate, tax FROM item WHERE instr(folded, ?) > 0"
        " ORDER BY instr(folded, ?) != 1, folded LIMIT ?",
        sought,
        sought,
        limit,
    )
    return [Item(*row) for row in found]


def item_taxes(store: Store, limit: int = 12) -> list[str]:
    """The taxes that items have, those of the most items first."""
    found = store.rows("SELECT tax FROM item WHERE tax != '' GROUP BY tax ORDER BY count(*) DESC, tax LIMIT ?", limit)
    return [row[0] for row in found]


def save_item(store: Store, item: Item) -> None:
    """Keep an item under its name, replacing what was there. Raises InputError for a text that is too long."""
    check_lengths((_("Item"), item.name, NAME), (_("Description"), item.description, TEXT))
    with store.writing():
        store.write(
            "INSERT INTO item (name, description, rate, tax, folded) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET description = excluded.description, rate = excluded.rate,"
            " tax = excluded.tax, folded = excluded.folded",
            item.name,
            item.description,
            item.rate,
            item.tax,
            f"{fold(item.name)}\n{fold(item.description)}",
        )


def keep_new_items(store: Store, lines: Iterable[Line], currency: str) -> int:
    """Keep as items what lines with a rate and an amount name for the first time, in one transaction; how many there
    were. `currency` is what the lines are in. A known item stays as it is, whatever a line says of it."""
    kept = 0
    with store.writing():
        for line in (as_kept(line, currency) for line in lines):
            if line.item and _charges(line):
                kept += store.write(
                    "INSERT INTO item (name, description, rate, tax, folded) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (name) DO NOTHING",
                    line.item,
                    line.description,
                    line.rate,
                    line.tax,
                    f"{fold(line.item)}\n{fold(line.description)}",
                )
    return kept


def _charges(line: Line) -> bool:
    """Whether quantity and rate are numbers that come to something: else the line may still be a slip."""
    try:
        return bool(parse_decimal(line.rate) * parse_decimal(line.quantity or "1"))
    except InputError:
        return False
