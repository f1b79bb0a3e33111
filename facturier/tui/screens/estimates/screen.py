"""The estimates: search, sort, create, send, record the answer, and turn into invoices."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import Answer, BookStatus, InvoiceKind, State
from facturier.models.estimates.estimate_list import EstimateList, EstimateRow
from facturier.models.listing.view import SortKey, View
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import _, ngettext
from facturier.tui.done_screen import DoneScreen
from facturier.tui.list_screen import SearchedList, no_match
from facturier.tui.screen import once
from facturier.tui.screens.dialogs.cancelling import cancel_sending, say_if_queued, say_queued
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.estimates.columns import SORTS, estimate_columns
from facturier.tui.screens.estimates.keys import KEYS
from facturier.tui.screens.invoice.estimate.answering import answer_estimate
from facturier.tui.screens.invoice.estimate.turning import turn_into_invoice
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.inputs.search_field import SearchField, can_search
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import counted


class EstimatesScreen(DoneScreen, SearchedList[EstimateRow]):
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, classes="estimates")
        self._view = View()

    def compose(self) -> ComposeResult:
        yield Title(_("Estimates"))
        yield Banner(self._ws)
        yield SearchField()
        columns = estimate_columns(self._ws.today, self._ws.company().currency)
        yield RowList(columns, self._source(), sorting=self._sorting(), empty=self._nothing())
        yield DoneLine()
        yield KeyBar()

    @property
    def _chosen(self) -> InvoiceRow | None:
        return self._row.invoice if self._row is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        row = self._chosen
        match action:
            case "open" | "send" | "edit" | "copy" | "answer" | "turn_into_invoice" | "sort" | "turn":
                return row is not None
            case "delete" | "void" | "issue" | "open_pdf" | "save_pdf":
                return row is not None
            case "undo":
                return self._can_undo or (row is not None and row.delivery is State.QUEUED)
        return True

    # What is shown

    def _source(self) -> EstimateList:
        return EstimateList(self._ws.store, self._view, self._ws.today())

    def _sorting(self) -> tuple[str, bool]:
        return self._view.sort, self._view.descending

    def _nothing(self) -> str:
        if self._view.text:
            return no_match(self._view.text)
        return _("No estimates yet. Press n to create one.")

    def _renew(self) -> None:
        self.rows.reload()
        self._count()

    def _count(self) -> None:
        count = self._source().count()
        words = ngettext("{count} estimate", "{count} estimates", count)
        self.query_one(Title).right = words.format(count=counted(count)) if count else ""
        self.refresh_bindings()

    def _look_at(self, view: View) -> None:
        self._view = view
        self.rows.show(self._source(), sorting=self._sorting(), empty=self._nothing(), keep=True)
        self._count()

    # Search and order

    def _searched(self, text: str) -> None:
        if not can_search(self, text):
            return
        self._look_at(replace(self._view, text=text))

    def action_sort(self) -> None:
        following = SORTS[(SORTS.index(self._view.sort) + 1) % len(SORTS)]
        self._look_at(replace(self._view, sort=following))

    def action_turn(self) -> None:
        self._look_at(replace(self._view, descending=not self._view.descending))

    @on(RowList.Headed)
    def _headed(self, event: "RowList.Headed") -> None:
        again = event.key == self._view.sort
        self._look_at(replace(self._view, sort=SortKey(event.key), descending=not (again and self._view.descending)))

    # The selected estimate

    def _go_on_with(self, estimate_id: int | None, before: Sequence[Delivery] = ()) -> None:
        """Select the estimate that another screen was opened for, and say so if it was sent from there. `before` are
        its deliveries from before that."""
        self._renew()
        say_if_queued(self, self._ws, self._say, estimate_id, before)
        if estimate_id is not None:
            self.rows.go_to(estimate_id)

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.editor.screen import EditorScreen

        self._go_on_with(await self.app.push_screen_wait(EditorScreen(self._ws, kind=InvoiceKind.ESTIMATE)))

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        if (row := self._chosen) is not None:
            await self._open(row.id)

    async def _open(self, estimate_id: int) -> None:
        from facturier.tui.screens.invoice.open_invoice import open_invoice

        with problems_shown(self):
            before = deliveries_of(self._ws.store, estimate_id)
            await open_invoice(self, self._ws, estimate_id)
            self._go_on_with(estimate_id, before)

    @work
    async def action_edit(self) -> None:
        from facturier.tui.screens.invoice.correct import correct

        if (row := self._chosen) is None:
            return
        if row.book_status is BookStatus.DRAFT:
            await self._open(row.id)
            return
        with problems_shown(self):
            await correct(self, self._ws, get_invoice(self._ws.store, row.id), self._say)
        self._renew()

    @work
    async def action_send(self) -> None:
        from facturier.tui.screens.preview.open_preview import send_invoice

        if (row := self._chosen) is not None and await send_invoice(self, self._ws, row.id):
            with problems_shown(self):
                delivery = deliveries_of(self._ws.store, row.id)[-1]
                words = _("{document} is in the outbox.").format(document=delivery.called_first)
                say_queued(self, self._ws, self._say, words, [delivery])
        self._renew()

    @work
    async def action_issue(self) -> None:
        from facturier.tui.screens.invoice.issuing import issue_without_sending

        if (row := self._chosen) is not None:
            await issue_without_sending(self, self._ws, row.id, self._say)
            self._renew()

    @work
    async def action_open_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import open_pdf

        if (row := self._chosen) is not None:
            with problems_shown(self):
                await open_pdf(self, self._ws, get_invoice(self._ws.store, row.id))

    @work
    async def action_save_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import save_pdf

        if (row := self._chosen) is not None:
            with problems_shown(self):
                await save_pdf(self, self._ws, get_invoice(self._ws.store, row.id))

    @work
    @once
    async def action_answer(self, answer: str) -> None:
        if (row := self._chosen) is not None:
            await answer_estimate(self, self._ws, row.id, Answer(answer), self._say)
            self._renew()

    @work
    async def action_turn_into_invoice(self) -> None:
        if (row := self._chosen) is not None:
            await turn_into_invoice(self, self._ws, row.id, self._say)
            self._renew()

    @work
    async def action_export(self) -> None:
        from facturier.tui.screens.export.screen import export_list

        note = _("All estimates that the list shows, in its order.")
        await export_list(self, self._ws, "estimates", view=self._view, note=note)

    @work
    async def action_copy(self) -> None:
        from facturier.tui.screens.editor.copy_to_draft import copy_to_draft

        if (row := self._chosen) is not None:
            self._go_on_with(await copy_to_draft(self, self._ws, row.id))

    @work
    async def action_delete(self) -> None:
        from facturier.tui.screens.editor.drafts import delete

        if (row := self._chosen) is not None:
            await delete(self, self._ws, [row], self._say)
            self._renew()

    @work
    async def action_void(self) -> None:
        from facturier.tui.screens.invoice.voiding import void

        if (row := self._chosen) is not None:
            await void(self, self._ws, row, self._say)
            self._renew()

    @work
    @once
    async def action_undo(self) -> None:
        """Undo what the line says, or else cancel the waiting delivery of the selected estimate."""
        line = self.query_one(DoneLine)
        if line.can_undo:
            await line.undo_once()
        elif (row := self._chosen) is not None and row.delivery is State.QUEUED:
            await cancel_sending(self, self._ws, deliveries_of(self._ws.store, row.id)[-1])
            line.forget()
        self._renew()
