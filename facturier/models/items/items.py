"""Items: what is sold, with the rates, the descriptions and the tax that lines of invoices take from it.

A line copies what it needs. A change of an item changes no invoice, except that drafts follow when it is renamed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from peewee import fn

from facturier.models.books.edits import with_edits
from facturier.models.books.invoice import Invoice, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError, NoSuchItem
from facturier.models.items.item_rates import check_rate
from facturier.models.settings.line import Line, as_kept
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import check_tax
from facturier.models.settings.units import check_unit
from facturier.models.store import sqlite, tables
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.decimals import parse_currency, parse_decimal
from facturier.models.text.i18n import N_, _
from facturier.models.text.limits import NAME, TEXT, check_lengths
from facturier.models.text.search_text import fold

_item = tables.Item
_KEPT = (
    *(_item.name, _item.description, _item.rate, _item.tax, _item.sku, _item.description_fr, _item.unit, _item.rates),
    _item.archived,
)


def _items() -> Any:
    return _item.select(*_KEPT).objects(Item)


def find_items(store: Store, text: str = "", limit: int = 12) -> list[Item]:
    """Items that are not archived and whose name, description or SKU contains `text`. Those whose name begins with it
    come first."""
    sought = fold(text)
    return store.all(
        _items()
        .where(sqlite.contains(_item.folded, sought), ~_item.archived)
        .order_by(sqlite.begins_with(_item.folded, sought).desc(), _item.folded)
        .limit(limit)
    )


def all_items(store: Store, text: str = "") -> list[Item]:
    """All items whose name, description or SKU contains `text`, archived ones too, by name."""
    return store.all(_items().where(sqlite.contains(_item.folded, fold(text))).order_by(_item.folded))


def get_item(store: Store, name: str) -> Item:
    """Return the item of this name. Another case and missing accents are accepted if only one item can be meant.

    Raises NoSuchItem and DamagedRow.
    """
    found: Item | None = store.first(_items().where(_item.name == name))
    if found is None:
        alike = _named(store, name)
        if len(alike) != 1:
            raise NoSuchItem(
                _("Cannot find the item “{name}”.").format(name=name),
                todo=_("“facturier items” lists the items."),
            )
        found = alike[0]
    return found


def _named(store: Store, name: str) -> list[Item]:
    """The items of a name, whatever its case and accents."""
    folded = fold(name)
    # The name ends at the first line end; \x0b is the next character after a line end.
    return store.all(_items().where(_item.folded >= f"{folded}\n", _item.folded < f"{folded}\x0b"))


def item_taxes(store: Store, limit: int = 12) -> list[str]:
    """The taxes that items have, those of the most items first."""
    found = store.all(
        _item.select(_item.tax)
        .where(_item.tax != "", ~_item.archived)
        .group_by(_item.tax)
        .order_by(fn.COUNT(_item.name).desc(), _item.tax)
        .limit(limit)
    )
    return [tax for (tax,) in found]


def check_item(store: Store, item: Item, was: str | None = None) -> Item:
    """Return the item as it is stored: numbers as decimal text, codes as the company spells them.

    `was` is the name that it has so far, None for a new item. Raises InputError.
    """
    company = read_company(store)
    check_name(store, item.name, was)
    rates = {parse_currency(code): check_rate(rate, code) for code, rate in item.rates.items() if rate.strip()}
    rate = rates.pop(company.currency, "") or check_rate(item.rate, company.currency)
    tax = check_tax(item.tax, {rate.code: rate for rate in company.rates})
    return replace(item, name=clean(item.name), rate=rate, rates=rates, tax=tax, unit=check_unit(item.unit))


def check_name(store: Store, name: str, was: str | None = None) -> None:
    """Raises InputError if an item cannot have this name. `was` is the name that it has so far."""
    if not clean(name):
        raise InputError(_("An item needs a name."))
    for known in _named(store, clean(name)):
        if known.name != was:
            raise InputError(_("An item named “{name}” already exists.").format(name=known.name))


def save_item(store: Store, item: Item, was: str | None = None, *, seen: Item | None = None) -> Item:
    """Save an item under its name; it replaces what has that name. `was` is its name so far, if that may change: then
    drafts get the new name, too.

    `seen` is the item `was` as the person saw it: only what is different is changed, because another window may have
    changed the rest. Raises InputError for a text that is too long, NoSuchItem if there is no item `was` any more, and
    ChangedElsewhere if another window changed the same field.
    """
    check_lengths(
        (N_("Item"), item.name, NAME),
        (N_("SKU"), item.sku, NAME),
        (N_("Description"), item.description, TEXT),
        (N_("Description"), item.description_fr, TEXT),
        (N_("Unit"), item.unit, NAME),
        (N_("Tax"), item.tax, NAME),
    )
    with store.writing():
        if was is not None:
            if seen is not None and (present := next((one for one in _named(store, was) if one.name == was), None)):
                item = with_edits(present, seen, item)
            if not store.run(_item.update(_values(item)).where(_item.name == was)):
                raise NoSuchItem(
                    _("The item “{name}” was deleted or renamed in another window.").format(name=was),
                    kept=_("Your changes were not saved."),
                    todo=_("Go back to see the items as they are now."),
                )
            if was != item.name:
                _rename_in_drafts(store, was, item.name)
        else:
            replaced = [column for column in (*_KEPT, _item.folded) if column is not _item.name]
            store.run(_insert(item).on_conflict(conflict_target=[_item.name], preserve=replaced))
    return item


def archive_item(store: Store, name: str, *, archived: bool = True) -> None:
    """Suggest an item no longer, or again."""
    with store.writing():
        store.run(_item.update(archived=archived).where(_item.name == name))


def delete_item(store: Store, name: str) -> None:
    """Delete an item. Invoices have copies of what they need, so their lines stay as they are."""
    with store.writing():
        store.run(_item.delete().where(_item.name == name))


def searchable(item: Item) -> str:
    """Everything that an item may be searched by, folded. The first line is its name."""
    return "\n".join(fold(text) for text in (item.name, item.description, item.description_fr, item.sku))


def is_used(store: Store, name: str) -> bool:
    """Whether a line of an invoice has this item. This reads all lines if none has it."""
    line = tables.Line
    return store.value(line.select(line.invoice_id).where(line.item == name).limit(1)) is not None


def used_names(store: Store) -> set[str]:
    """Return the names of all items that lines of invoices have. This reads all lines."""
    line = tables.Line
    return {name for (name,) in store.all(line.select(line.item).distinct())}


def keep_new_items(store: Store, lines: Iterable[Line], currency: str, language: str = "") -> dict[str, str]:
    """Save as items what lines with a rate and an amount name for the first time, in one transaction. Return the tax
    of each new item by its name.

    `currency` and `language` are those of the lines. An item that exists stays as it is, whatever a line says.
    """
    kept = {}
    with store.writing():
        company = read_company(store)
        for line in (as_kept(line, currency) for line in lines):
            if clean(line.item) and _charges(line):
                new = _of_line(line, currency, language or company.language, company.currency)
                insert = _insert(new).on_conflict(action="NOTHING", conflict_target=[_item.name])
                if store.run(insert.as_rowcount()):
                    kept[new.name] = new.tax
    return kept


def retax_items(store: Store, lines: Iterable[Line], known: Mapping[str, str]) -> dict[str, str]:
    """Give items the tax of the first line that has them, unless somebody has changed their tax since.

    `known` has the last known tax by the name of each item. Return the new taxes of those that were changed.
    """
    changed: dict[str, str] = {}
    seen = set()
    with store.writing():
        rates = {rate.code: rate for rate in read_company(store).rates}
        for line in lines:
            before = known.get(line.item)
            if before is None or line.item in seen or not _charges(line):
                continue
            seen.add(line.item)
            if line.tax != before and set(line.codes) <= rates.keys():
                update = _item.update(tax=line.tax).where(_item.name == line.item, _item.tax == before)
                if store.run(update):
                    changed[line.item] = line.tax
    return changed


def _of_line(line: Line, currency: str, language: str, usual: str) -> Item:
    described = {"description_fr" if language == "fr" else "description": line.description}
    rate, rates = (line.rate, {}) if currency == usual else ("", {currency: line.rate})
    return Item(line.item, rate=rate, rates=rates, tax=line.tax, unit=line.unit, **described)  # type: ignore[arg-type]


def _rename_in_drafts(store: Store, was: str, name: str) -> None:
    """The lines of drafts get the new name of an item. Otherwise the next save would create the old one again."""
    invoice, line = tables.Invoice, tables.Line
    drafts = invoice.select(invoice.id).where(invoice.book_status == BookStatus.DRAFT)
    found = line.select(line.invoice_id).where(line.invoice_id.in_(drafts), line.item == was).distinct()
    for (invoice_id,) in store.all(found):
        draft = get_invoice(store, invoice_id)
        save_draft(store, _renamed(draft, was, name), before=draft)


def _renamed(draft: Invoice, was: str, name: str) -> Invoice:
    return replace(draft, lines=tuple(replace(ln, item=name) if ln.item == was else ln for ln in draft.lines))


def _insert(item: Item) -> Any:
    return _item.insert(_values(item))


def _values(item: Item) -> dict[str, Any]:
    return {**asdict(item), "folded": searchable(item)}


def _charges(line: Line) -> bool:
    """Whether quantity and rate are numbers that come to something: else the line may still be a slip."""
    try:
        return bool(parse_decimal(line.rate) * parse_decimal(line.quantity or "1"))
    except InputError:
        return False
