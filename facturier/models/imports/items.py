"""What an import of items would do with each row."""

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from decimal import Decimal

from facturier.models.books.invoice import Item
from facturier.models.errors import InputError
from facturier.models.imports.fields import FIELDS, Kind
from facturier.models.imports.plan import Planned, Status
from facturier.models.imports.row import Row
from facturier.models.items.items import all_items
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import check_tax
from facturier.models.settings.units import unit_code
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.decimals import DECIMALS, parse_decimal, plain
from facturier.models.text.i18n import _
from facturier.models.text.limits import NAME, TEXT, check_length
from facturier.models.text.search_text import fold

PlannedItem = Planned[Item]
_LINES = {"description", "description_fr"}  # fields of several lines
# A decimal comma and a thousands comma look the same here. Nobody can know which of the two a file means.
_AMBIGUOUS = re.compile(r"\D*[1-9]\d{0,2},\d{3}\D*")
_LONG = re.compile(r"(-?\d{1,15})\.(\d{10,30})")
_ROUNDED = Decimal("0.000001")


def plan_items(store: Store, rows: Iterable[Row]) -> list[PlannedItem]:
    """Return what would become of each row, in the order of the file. Nothing is written.

    A row changes the item of its name only in what the row says.
    """
    with store.reading():
        return _Planner(store).plan(rows)


class _Planner:
    """Compares rows with the items that there are, which are read once."""

    def __init__(self, store: Store) -> None:
        company = read_company(store)
        self._currency = company.currency
        self._rates = {rate.code: rate for rate in company.rates}
        items = all_items(store)
        self._named = {fold(item.name): item for item in items}
        self._sku = {item.sku.casefold(): item for item in items if item.sku}

    def plan(self, rows: Iterable[Row]) -> list[PlannedItem]:
        lines: dict[str, int] = {}
        planned: list[PlannedItem] = []
        for row in rows:
            found, faults = self._values(row)
            name = found.get("name", "")
            if faults:
                planned.append(Planned(row.line, Status.FAULTY, name, reasons=tuple(faults)))
            elif (line := lines.setdefault(fold(name), row.line)) != row.line:
                reason = _("Same item as in line {line}.").format(line=line)
                planned.append(Planned(row.line, Status.DUPLICATE, name, reasons=(reason,)))
            else:
                planned.append(self._compared(row.line, found))
        return planned

    def _values(self, row: Row) -> tuple[dict[str, str], list[str]]:
        """Return what a row says, checked, and every fault in it."""
        found: dict[str, str] = {}
        faults = []
        for field, text in row.values.items():
            value = text if field in _LINES else clean(text.split("\n")[0])
            try:
                check_length(value, TEXT if field in _LINES else NAME)
                found[field] = self._read(field, value)
            except InputError as error:
                faults.append(_("{field}: {problem}").format(field=_(FIELDS[Kind.ITEMS][field]), problem=error))
        if not found.get("name") and not faults:
            faults.append(_("There is no name."))
        return {field: value for field, value in found.items() if value}, faults

    def _read(self, field: str, value: str) -> str:
        match field:
            case "rate":
                return _rate(value, self._currency)
            case "tax":
                return check_tax(value, self._rates)
            case "unit":
                return unit_code(value)
        return value

    def _compared(self, line: int, found: dict[str, str]) -> PlannedItem:
        before = self._named.get(fold(found["name"]))
        reasons = []
        owner = self._sku.get(found.get("sku", "").casefold())
        if owner is not None and owner is not before:
            reasons.append(_("“{name}” has the SKU {sku}.").format(name=owner.name, sku=owner.sku))
        elif before is not None and before.sku and found.get("sku", before.sku).casefold() != before.sku.casefold():
            reasons.append(_("“{name}” has the SKU {sku}.").format(name=before.name, sku=before.sku))
        if before is not None and _same_number(before.rate, found.get("rate", "")):
            found["rate"] = before.rate
        name = before.name if before is not None else found["name"]
        after = replace(before or Item(name), **{**found, "name": name})  # type: ignore[arg-type]
        changes = _changes(before, after) if before is not None else {}
        status = Status.NEW if before is None else Status.CHANGED if changes else Status.UNCHANGED
        if reasons and status is not Status.UNCHANGED:
            status = Status.DOUBTFUL
        return Planned(line, status, found["name"], "", after, changes, tuple(reasons))


def _rate(text: str, currency: str) -> str:
    """Return decimal text. Programs that count in binary write 9.779999999999999 for 9.78: that is rounded."""
    if _AMBIGUOUS.fullmatch(text):
        raise InputError(
            _("“{text}” can mean two numbers. Write it with a point, and without a separator of thousands.").format(
                text=text
            )
        )
    if len(((long := _LONG.fullmatch(text)) and long[2]) or "") > DECIMALS:
        return plain(Decimal(text).quantize(_ROUNDED).normalize())
    return plain(parse_decimal(text, currency)) if text else ""


def _same_number(kept: str, found: str) -> bool:
    try:
        return bool(found) and parse_decimal(kept) == parse_decimal(found)
    except InputError:  # there is no rate so far
        return False


def _changes(before: Item, after: Item) -> dict[str, tuple[str, str]]:
    pairs = {field.name: (getattr(before, field.name), getattr(after, field.name)) for field in fields(Item)}
    return {name: (str(old), str(new)) for name, (old, new) in pairs.items() if old != new}
