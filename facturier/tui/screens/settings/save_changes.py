"""Write what was changed in the settings, and nothing else: another window may have changed the rest."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import NamedTuple

from facturier.mail.errors import VaultError
from facturier.mail.senders.default import is_saved, save_sender
from facturier.mail.vault.approval import approve_reminders, are_approved, what_counts
from facturier.mail.vault.destination import destination
from facturier.mail.vault.permission import has_members
from facturier.mail.vault.schedule_approval import keeping_approval
from facturier.mail.workspace import Workspace
from facturier.models.company.save_settings import save_company
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.recurring.schedule import some_send
from facturier.models.settings.company import Company, check_sizes
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screens.settings.entries.pane import Entry

_MOST = 60  # characters of another text that are shown below a field


class Change(NamedTuple):
    """An entry that the person changed from `seen` to `text`. `seen` is what was stored when the screen showed it."""

    entry: Entry
    text: str
    seen: str


@dataclass(frozen=True)
class Changes:
    """What is saved at once. `shown` are the settings that the screen shows, and `section` is the open section."""

    changed: Sequence[Change]
    password: str
    shown: Company
    section: str

    @property
    def about_sender(self) -> bool:
        """Whether the default sender is saved, or shown and so confirmed."""
        return bool(self.password) or self.section == "sender" or any(_of_sender(one.entry) for one in self.changed)


class EntryError(InputError):
    """An entry cannot be saved as it is."""

    def __init__(self, happened: str, entry: Entry) -> None:
        super().__init__(happened)
        self.entry = entry


class EntryChanged(ChangedElsewhere):
    """Somebody else, or an invoice that was issued, changed the same entry to `now`. Nothing was saved."""

    def __init__(self, happened: str, entry: Entry, now: str, *, todo: str) -> None:
        super().__init__(happened, kept=_("Nothing was saved."), todo=todo)
        self.entry = entry
        self.now = now


def save_changes(ws: Workspace, changes: Changes) -> Company:
    """Write the changes, all of them or none, and return the settings as they are stored then.

    Raises EntryChanged, EntryError, ChangedElsewhere if another window changed the default sender, InputError,
    VaultError and StoreError.
    """
    with _one_transaction(ws, changes), keeping_approval(ws):
        before = ws.company()
        company = _with_changes(before, changes)
        # Saving confirms the sender that this section shows, even if only the file was changed.
        unsaved = changes.section == "sender" and not is_saved(ws, company)
        if changes.password or company.sender != before.sender or unsaved:
            save_sender(ws, company, before=before, shown=changes.shown, password=changes.password)
        else:
            save_company(ws.store, company)
        _approve_reminders(ws, before, changes)
        return ws.company()


@contextmanager
def _one_transaction(ws: Workspace, changes: Changes) -> Iterator[None]:
    """Hold the company file, and if the vault may change too, read it before: that may take long."""
    vault = None
    with suppress(VaultError):  # this person may not send, and may not have to
        reads = changes.about_sender or ws.company().automatic_reminders.on or some_send(ws.store)
        if changes.password or (reads and has_members(ws)):
            vault = ws.keys.vault
            vault.read()
    with vault.whole() if vault is not None else nullcontext(), ws.store.writing():
        yield


def _with_changes(company: Company, changes: Changes) -> Company:
    stored = company
    elsewhere = destination(stored) != destination(changes.shown)  # then `save_sender` refuses all of it
    for change in changes.changed:
        if not change.entry.exists(stored) and not change.entry.exists(company):
            words = _("Another window removed this reminder level.")
            todo = _("Restore the old text here to save the other changes.")
            raise EntryChanged(words, change.entry, change.seen, todo=todo)
        if not (elsewhere and _of_sender(change.entry)):
            _check_unchanged(stored, change)
        try:
            company = change.entry.write(company, change.text)
            check_sizes(company)
        except InputError as error:
            raise EntryError(error.happened, change.entry) from error
    return company


def _check_unchanged(stored: Company, change: Change) -> None:
    """Raises EntryChanged if this entry was changed since the person saw it, unless to the same."""
    entry, now = change.entry, change.entry.read(stored)
    if now == change.seen:
        return
    try:
        same = entry.read(entry.write(stored, change.text)) == now
    except InputError:
        same = False
    if not same:
        theirs = clean(_(entry.answers.get(now, now)).strip()) or _("(empty)")
        theirs = f"{theirs[:_MOST]}…" if len(theirs) > _MOST else theirs
        words = _("Meanwhile this was changed to: {text}.").format(text=theirs)
        raise EntryChanged(words, entry, now, todo=_("Save again to replace it."))


def _of_sender(entry: Entry) -> bool:
    return entry.id.startswith("sender-")


def _approve_reminders(ws: Workspace, before: Company, changes: Changes) -> None:
    """Approve the settings of automatic reminders as a member, if they were approved before or are shown here.

    Without that, members' programs do not send reminders automatically, and say so.
    """
    after = ws.company()
    if not after.automatic_reminders.on:
        return
    with suppress(VaultError):  # this person may not send
        shown = changes.section == "reminders" and what_counts(before) == what_counts(changes.shown)
        if shown or are_approved(ws, before):
            approve_reminders(ws, after)
