"""Named views of the list. The company file stores them for all users."""

import json
from dataclasses import asdict, fields

from facturier.models.errors import DamagedRow
from facturier.models.listing.view import InvoiceFilter, SortKey, View
from facturier.models.store.damaged_rows import each, reading_row
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store
from facturier.models.text.clean import from_json
from facturier.models.text.limits import NAME, check_length

_KEY = "views"
# Version 0.1.0 stored two sort keys under their database column names.
_OLD_SORT_KEYS = {"placed": SortKey.NUMBER, "sorted": SortKey.CUSTOMER}


def saved_views(store: Store) -> dict[str, View]:
    """Return every saved view by name, sorted by name."""
    try:
        with reading_row("setting", _KEY):
            kept = sorted(from_json(read_setting(store, _KEY) or "{}").items(), key=lambda one: str(one[0]).casefold())
    except DamagedRow as error:
        store.note(error)
        return {}
    return dict(each(store, f"setting.{_KEY}", kept, lambda one: (str(one[0]), _read(one[1]))))


def save_view(store: Store, name: str, view: View) -> None:
    """Save a view under a name and replace any view of that name. Raises InputError if the name is too long."""
    check_length(name, NAME)
    with store.writing():
        _write(store, saved_views(store) | {name: view})


def forget_view(store: Store, name: str) -> None:
    """Delete the view of that name, if there is one."""
    with store.writing():
        kept = saved_views(store)
        if kept.pop(name, None) is not None:
            _write(store, kept)


def _read(kept: dict[str, object]) -> View:
    known = {field.name: kept[field.name] for field in fields(View) if field.name in kept}
    if not all(isinstance(value, bool if name in ("alerts", "descending") else str) for name, value in known.items()):
        raise TypeError("a value of another kind")
    show = InvoiceFilter(str(known["show"]))
    sort = str(known["sort"])
    return View(**{**known, "show": show, "sort": _OLD_SORT_KEYS.get(sort) or SortKey(sort)})  # type: ignore[arg-type]


def _write(store: Store, views: dict[str, View]) -> None:
    write_setting(store, _KEY, json.dumps({name: asdict(view) for name, view in views.items()}, ensure_ascii=False))
