"""Saving and sending the draft, and going back."""

import asyncio

from textual import work

from facturier.models.books.invoice import Invoice
from facturier.models.customers.saving import keep_email
from facturier.models.errors import FacturierError
from facturier.models.items.items import keep_new_items, retax_items
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.editor.actions import DraftActions
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.lookup import Lookup


class DraftLeaving(DraftActions):
    """The part of the editor that saves or sends on request, and goes back."""

    async def action_save(self) -> None:
        if await self.save_now():
            await self._keep_new()

    async def action_save_as_new(self) -> None:
        await self._drafts.save_as_new()
        self._tell()

    async def _keep_new(self) -> None:
        """Save what the draft names for the first time: items, and the address of a customer who has none."""
        kept = self._drafts.kept
        try:
            names = await asyncio.to_thread(self._write_items, kept)
            email = await asyncio.to_thread(keep_email, self._ws.store, kept.customer)
        except FacturierError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if names:
            words = ngettext(
                "New item saved: {names}. To change or delete it, press I in the invoice list.",
                "New items saved: {names}. To change or delete them, press I in the invoice list.",
                len(names),
            )
            self.notify(words.format(names=", ".join(map(clean, names))), markup=False)
        if email:
            words = _("Email saved for {customer}: {email}.")
            self.notify(words.format(customer=clean(kept.customer.name), email=email), markup=False)

    def _write_items(self, kept: Invoice) -> list[str]:
        """Save the new items, and the tax that the lines now have in those that this editor created. Return the names
        of the new ones."""
        store = self._ws.store
        self._new_items |= retax_items(store, kept.lines, self._new_items)
        new = keep_new_items(store, kept.lines, kept.currency, kept.customer.language)
        self._new_items |= new
        return list(new)

    # Sending

    async def action_send(self) -> None:
        if not self._complete() or not await self.save_now():
            return
        await self._keep_new()
        self._preview()

    @work
    async def _preview(self) -> None:
        from facturier.tui.screens.preview.screen import PreviewScreen

        invoice_id = self._drafts.kept.id
        assert invoice_id is not None, "complete and saved"
        if await self.app.push_screen_wait(PreviewScreen(self._ws, invoice_id)) is not None:
            self.dismiss(self._drafts.kept.id)
        else:
            self._count_files()
            self._tell()

    def _complete(self) -> bool:
        """Return whether the invoice is complete. If not, go to what is missing and show that."""
        if not self._head.settle_customer():
            if not self._head.customer.name:
                self._head.lookup.show_problem(_("Choose a customer."))
            self._head.lookup.input.focus()
            return False
        if (field := self._head.first_problem()) is not None:
            field.show_problem(field.problem)
            field.input.focus()
            return False
        if problem := self._grid.go_to_problem():
            self._missing = _("Not ready: {problem}").format(problem=problem)
            self._tell()
            return False
        if not any(self._snapshot(self._drafts.kept).totals.amounts):
            self._grid.go_first()
            self._missing = (
                _("An estimate needs at least one line with an amount.")
                if self._drafts.kept.is_estimate
                else _("An invoice needs at least one line with an amount.")
            )
            self._tell()
            return False
        return True

    # Going back

    async def action_back(self) -> None:
        not_kept = self._not_valid() or self._not_chosen()
        if not_kept is not None and not_kept[1] != self._warned:
            field, self._warned = not_kept
            field.input.focus()
            self._missing = self._warned
            self._tell()
            return
        if await self.save_now():
            await self._drafts.drop_if_blank()
            self.dismiss(self._drafts.kept.id)
        else:
            self._ask_to_leave()

    def _not_kept(self) -> str:
        not_kept = self._not_valid() or self._not_chosen()
        return not_kept[1] if not_kept is not None else ""

    def _not_valid(self) -> tuple[Field | Lookup, str] | None:
        """Return the first field with a text that cannot be saved, and a sentence, or None."""
        if (not_kept := self._head.not_kept()) is None:
            return None
        field, words = not_kept
        return field, words + " " + _("Correct it, or press Esc again to go back.")

    def half_typed(self) -> str:
        not_kept = self._head.not_kept() if self._has_parts else None
        return not_kept[1] if not_kept is not None else ""

    def _not_chosen(self) -> tuple[Lookup, str] | None:
        """Return the customer field and a sentence, if the text that was entered there is not a customer."""
        draft = self._snapshot(self._drafts.kept)
        name = draft.customer.name
        if draft.customer.id is not None or name in ("", self._drafts.opened.customer.name):
            return None
        words = _("“{name}” is not a customer yet. Press F4 to create it, or press Esc again to go back.")
        return self._head.lookup, words.format(name=clean(name))

    @work
    async def _ask_to_leave(self) -> None:
        question = ConfirmScreen(_("Go back without saving?"), str(self._drafts.problem))
        if await self.app.push_screen_wait(question):
            self.dismiss(self._drafts.kept.id)
