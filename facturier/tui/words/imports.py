"""An import in the reader's words, for the screen and the command."""

from typing import Any

from facturier.models.books.invoice import Customer, Item
from facturier.models.imports.fields import FIELDS, Kind
from facturier.models.imports.importing import Import, Imported, Undone
from facturier.models.imports.plan import Planned, Status, counts
from facturier.models.text.clean import clean
from facturier.models.text.i18n import LANGUAGES, N_, _, ngettext

STATUS = {
    Status.FAULTY: N_("Fault"),
    Status.DOUBTFUL: N_("Doubtful"),
    Status.DUPLICATE: N_("Repeated"),
    Status.CHANGED: N_("Changed"),
    Status.NEW: N_("New entry"),
    Status.UNCHANGED: N_("Unchanged"),
}
_LONGEST = 40  # characters of a text before or after a change


def counts_words(plan: Import) -> str:
    """Return how many rows have each status: `Changed 3 · New entry 12`."""
    found = counts(plan.rows)
    parts = [f"{_(words)} {found[status]}" for status, words in STATUS.items() if found[status]]
    return " · ".join(parts) or _("The file has no rows.")


def row_words(row: Planned[Any]) -> str:
    """Return what would become of a row, in one line: its faults, its doubts, or what changes."""
    labels = {**FIELDS[Kind.ITEMS], **FIELDS[Kind.CUSTOMERS], "contacts": N_("Contacts")}
    changes = [
        _("{field}: {before} → {after}").format(
            field=_(labels.get(name, name)), before=_cut(old) or "—", after=_cut(new)
        )
        for name, (old, new) in row.changes.items()
    ]
    if row.reasons:
        return " ".join((*row.reasons, *changes))
    return "; ".join(changes) or row.email


def new_words(entry: Customer | Item) -> str:
    """Return what a new entry would have besides its name: `Email: a@b.example · City: Laval`."""
    parts = []
    for name, label in FIELDS[Kind.ITEMS if isinstance(entry, Item) else Kind.CUSTOMERS].items():
        value = getattr(entry, name, None)
        if name == "name" or value in (None, ""):
            continue
        shown = LANGUAGES.get(value, value) if name == "language" else str(value).replace("\n", ", ")
        parts.append(_("{field}: {value}").format(field=_(label), value=clean(shown)))
    return " · ".join(parts)


def imported_words(imported: Imported) -> str:
    if imported.kind is Kind.CUSTOMERS:
        words = ngettext("{count} customer imported.", "{count} customers imported.", imported.count)
    else:
        words = ngettext("{count} item imported.", "{count} items imported.", imported.count)
    return words.format(count=imported.count)


def undone_words(undone: Undone) -> str:
    """Return what undoing an import did: `Import undone: 3 customers removed, 1 customer changed back.`"""
    if undone.kind is Kind.CUSTOMERS:
        removed = ngettext("{count} customer removed", "{count} customers removed", undone.removed)
        restored = ngettext("{count} customer changed back", "{count} customers changed back", undone.restored)
        kept = ngettext(
            "{count} customer was kept: they have invoices or payments, or were changed after the import.",
            "{count} customers were kept: they have invoices or payments, or were changed after the import.",
            undone.kept,
        )
    else:
        removed = ngettext("{count} item removed", "{count} items removed", undone.removed)
        restored = ngettext("{count} item changed back", "{count} items changed back", undone.restored)
        kept = ngettext(
            "{count} item was kept: invoices use it, or it was changed after the import.",
            "{count} items were kept: invoices use them, or they were changed after the import.",
            undone.kept,
        )
    done = [
        words.format(count=count) for words, count in ((removed, undone.removed), (restored, undone.restored)) if count
    ]
    parts = [kept.format(count=undone.kept)] if undone.kept else []
    if not done:
        return " ".join([_("Nothing was undone."), *parts])
    words = _("Import partly undone: {what}.") if parts else _("Import undone: {what}.")
    return " ".join([words.format(what=", ".join(done)), *parts])


def _cut(text: str) -> str:
    line = clean(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
