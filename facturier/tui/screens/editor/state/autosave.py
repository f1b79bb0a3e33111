"""Save a draft automatically while a person edits it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime

from textual import log

from facturier.models.books.attachments import attachments_of
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.drafts.drafts import save_draft, with_rates
from facturier.models.errors import ChangedElsewhere, FacturierError, NoSuchInvoice, StoreError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


class Autosave:
    """Saves the differences from the stored draft, one save at a time, in a thread.

    `snapshot` returns the stored draft with the entered values. `kept` is the draft as stored; its `id` is None before
    the first save. `at` is the last time when it was known to have everything that was entered, and `problem` says why
    it does not. `followed` is called with the draft before and after when a save took over changes to the customer. The
    screen must show them, or the next save would undo them. `saving` is entered around each save. `opened` is the draft
    as it was at first.
    """

    def __init__(
        self,
        store: Store,
        draft: Invoice,
        snapshot: Callable[[Invoice], Invoice],
        followed: Callable[[Invoice, Invoice], None],
        saving: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.kept = self.opened = draft
        self.at: datetime | None = None
        self.problem: FacturierError | None = None
        self._store = store
        self._snapshot = snapshot
        self._followed = followed
        self._saving = saving
        self._blank = draft if draft.id is None else None
        self._lock = asyncio.Lock()

    @property
    def unsaved(self) -> bool:
        """Whether something was entered that is not stored."""
        return as_typed(self._snapshot(self.kept)) != as_typed(self.kept)

    @property
    def conflict(self) -> bool:
        """Whether only a person can decide what to keep, so that trying again will not help."""
        return isinstance(self.problem, ChangedElsewhere)

    async def save(self) -> bool:
        """Save until everything that was entered is stored. Return False if that failed; `problem` says why."""
        async with self._lock:
            while self.unsaved:
                if not await self._try(self._keep):
                    return False
            self.problem = None
            if self.kept.id is not None:
                self.at = self._store.clock()
            return True

    async def save_as_new(self) -> bool:
        """Save what was entered as a new draft, and continue with that one."""
        async with self._lock:
            return await self._try(self._keep_as_new)

    async def drop_if_blank(self) -> None:
        """Delete a draft that was created here, is blank and has no files."""
        async with self._lock:
            if self.kept.id is not None and self._is_blank(self.kept):
                await self._try(self._drop)

    def _is_blank(self, draft: Invoice) -> bool:
        """Return whether nothing was entered in a draft that was created here."""
        return self._blank is not None and as_typed(draft) == as_typed(self._blank)

    async def follow(self) -> Invoice:
        """Take over what is updated in every draft: new tax rates, and changes to the customer. Raises StoreError.

        Return the draft as it was before: a save that was under way may have changed it meanwhile.
        """
        async with self._lock:
            before = self.kept
            if self.kept.id is None:
                self.kept = with_rates(self._store, self.kept, read_company(self._store))
            elif (theirs := self._only_followed()) is not None:
                self.kept = theirs
            return before

    async def _try(self, change: Callable[[Invoice], Invoice]) -> bool:
        typed = self._snapshot(self.kept)
        try:
            self.kept = await asyncio.to_thread(self._change, change, typed)
        except FacturierError as error:
            self.problem = error
        except Exception as error:  # noqa: BLE001 - after any error, what was entered must be kept
            log.error(f"saving a draft: {error!r}")
            self.problem = StoreError(
                _("Could not save the draft: {reason}.").format(reason=error),
                kept=_("What you typed is still on this screen."),
                todo=_("Facturier tries again every few seconds."),
            )
        else:
            self.problem = None
            self.at = self._store.clock()
            kept = self.kept
            if (kept.customer.on_invoice(), kept.ship_to) != (typed.customer.on_invoice(), typed.ship_to):
                self._followed(typed, self.kept)
            return True
        return False

    def _change(self, change: Callable[[Invoice], Invoice], typed: Invoice) -> Invoice:
        with self._saving():
            return change(typed)

    def _keep(self, typed: Invoice) -> Invoice:
        try:
            return save_draft(self._store, typed, keep_customer=False, before=self.kept)
        except ChangedElsewhere:
            theirs = self._only_followed()
            if theirs is None:
                raise
        # New tax rates and a customer's new address are written to every draft, so this is not a conflict.
        untouched = typed.customer.on_invoice() == self.kept.customer.on_invoice()
        typed = replace(
            typed,
            version=theirs.version,
            rates=theirs.rates,
            per_line=theirs.per_line,
            customer=theirs.customer if untouched else typed.customer,
            ship_to=theirs.ship_to if typed.ship_to == self.kept.ship_to else typed.ship_to,
        )
        return save_draft(self._store, typed, keep_customer=False)

    def _only_followed(self) -> Invoice | None:
        """Return the stored draft if it differs only in what drafts take over from settings and customer, or None."""
        assert self.kept.id is not None
        try:
            theirs = get_invoice(self._store, self.kept.id)
        except NoSuchInvoice:
            return None
        same_customer = theirs.customer.id == self.kept.customer.id
        like_ours = replace(theirs, customer=self.kept.customer, ship_to=self.kept.ship_to)
        alike = as_typed(like_ours) == as_typed(self.kept)
        return theirs if alike and same_customer and theirs.book_status is self.kept.book_status else None

    def _keep_as_new(self, typed: Invoice) -> Invoice:
        return save_draft(self._store, replace(typed, id=None, version=0), keep_customer=False)

    def _drop(self, typed: Invoice) -> Invoice:
        assert typed.id is not None
        assert self._blank is not None
        if attachments_of(self._store, typed.id):
            return typed
        delete_draft(self._store, typed.id)
        return self._blank


def as_typed(invoice: Invoice) -> Invoice:
    """Return the part of an invoice that a person enters, so that two states can be compared."""
    customer = invoice.customer.on_invoice()
    return replace(invoice, id=None, version=0, customer=customer, rates=(), per_line=False, paid=0, delivery=None)
