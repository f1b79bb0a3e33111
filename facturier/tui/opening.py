"""From one screen to the next: what opens for an invoice, and what is done with the answer.

Screens are imported where they open, so that none of them weighs on the first one.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import BookStatus
from facturier.models.errors import FacturierError, StoreError
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from facturier.models.books.invoice import Alert
    from facturier.models.outbox.composition import Composition
    from facturier.models.outbox.delivery import Delivery

Then = Callable[[], None]
ThenDraft = Callable[[int | None], None]


def show_problem(screen: Screen[Any], error: FacturierError) -> None:
    """An error as a dialog."""
    from facturier.tui.screens.dialogs.dialogs import ProblemScreen

    screen.app.push_screen(ProblemScreen(error))


def open_invoice(screen: Screen[Any], ws: Workspace, invoice_id: int, then: Then) -> None:
    """A draft in the editor, an issued invoice on its own screen. `then` runs when the person is back."""
    from facturier.models.books.invoices import get_invoice

    try:
        draft = get_invoice(ws.store, invoice_id).book_status is BookStatus.DRAFT
    except StoreError as error:
        show_problem(screen, error)
        return
    if draft:
        edit_invoice(screen, ws, invoice_id, lambda _id: then())
        return
    from facturier.tui.screens.invoice.screen import InvoiceScreen

    screen.app.push_screen(InvoiceScreen(ws, invoice_id), lambda _none: then())


def edit_invoice(screen: Screen[Any], ws: Workspace, invoice_id: int | None, then: ThenDraft) -> None:
    """A draft, or with None a new one, in the editor; `then` is told which one it became, or None."""
    from facturier.tui.screens.editor.screen import EditorScreen

    screen.app.push_screen(EditorScreen(ws, invoice_id), then)


def send_invoice(
    screen: Screen[Any],
    ws: Workspace,
    invoice_id: int,
    then: Callable[[bool], None],
    first: "Composition | None" = None,
) -> None:
    """The preview, which begins with `first`; `then` is told whether the invoice was put in the outbox."""
    from facturier.tui.screens.preview.screen import PreviewScreen

    try:
        preview = PreviewScreen(ws, invoice_id, first)
    except StoreError as error:
        show_problem(screen, error)
        return
    screen.app.push_screen(preview, lambda delivery: then(delivery is not None))


def send_to_refused(screen: Screen[Any], ws: Workspace, delivery_id: int, then: Callable[[bool], None]) -> None:
    """The preview of a new delivery to those whom the server refused."""
    from facturier.mail.sending.compose import compose, for_refused
    from facturier.models.outbox.deliveries import get_delivery, refused_of

    try:
        delivery = get_delivery(ws.store, delivery_id)
        refused = refused_of(ws.store, delivery_id)
        first = for_refused(compose(ws, delivery.invoice_id), delivery, refused)
    except StoreError as error:
        show_problem(screen, error)
        return
    send_invoice(screen, ws, delivery.invoice_id, then, first)


def send_batch(
    screen: Screen[Any], ws: Workspace, rows: Sequence[InvoiceRow], then: Callable[[frozenset[int]], None]
) -> None:
    """Several at once; `then` is told which of them are in the outbox."""
    from facturier.tui.screens.outbox.batch_screen import BatchScreen

    def sent(queued: frozenset[int] | None) -> None:
        then(queued or frozenset())

    screen.app.push_screen(BatchScreen(ws, rows), sent)


def open_outbox(screen: Screen[Any], ws: Workspace, then: Then) -> None:
    from facturier.tui.screens.outbox.screen import OutboxScreen

    screen.app.push_screen(OutboxScreen(ws), lambda _none: then())


def open_doubt(screen: Screen[Any], ws: Workspace, delivery_id: int, then: Then) -> None:
    """What is known of a delivery in doubt, and the two answers."""
    from facturier.tui.screens.invoice.in_doubt import DoubtScreen

    screen.app.push_screen(DoubtScreen(ws, delivery_id), lambda _none: then())


def open_users(screen: Screen[Any], ws: Workspace, then: Then) -> None:
    """Who may send, and who asked to."""
    from facturier.tui.screens.settings.screen import SettingsScreen

    screen.app.push_screen(SettingsScreen(ws, "users"), lambda _none: then())


def take_back(screen: Screen[Any], ws: Workspace, delivery: "Delivery", then: Then) -> None:
    """What has not left yet; whoever took it back is told which one that was."""

    async def work() -> None:
        from facturier.mail.sending.queue import cancel

        await asyncio.to_thread(cancel, ws, delivery.id)
        screen.notify(_("Sending invoice {number} was cancelled.").format(number=delivery.number), markup=False)

    attempt(screen, work, then)


def dismiss_alerts(screen: Screen[Any], ws: Workspace, alerts: "Sequence[Alert]", then: Then) -> None:
    """Take alerts down after a yes."""
    from facturier.models.outbox.pauses import dismiss_alert
    from facturier.tui.screens.alerts.words import alert_title
    from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

    def deal() -> None:
        for alert in alerts:
            dismiss_alert(ws.store, alert.id)

    def answered(yes: bool | None) -> None:
        if yes:
            attempt(screen, lambda: asyncio.to_thread(deal), then)

    screen.app.push_screen(ConfirmScreen(_("Dismiss alert?"), "\n".join(map(alert_title, alerts))), answered)


def copy_to_draft(screen: Screen[Any], ws: Workspace, invoice_id: int, then: ThenDraft) -> None:
    """A new draft with the same customer and lines, open in the editor; `then` as for `edit_invoice`."""
    from facturier.models.books.drafts import copy_invoice

    async def copy() -> None:
        draft = await asyncio.to_thread(copy_invoice, ws.store, invoice_id, ws.today())
        edit_invoice(screen, ws, draft.id, then)

    attempt(screen, copy)


def save_as(screen: Screen[Any], ws: Workspace, title: str, name: str, make: Callable[[], bytes]) -> None:
    """Write into a file, `name` unless the person chooses another, what `make` makes in a thread; say where it is."""
    from facturier.tui.screens.dialogs.save_as import SaveAsScreen

    def saved(path: Path | None) -> None:
        if path is not None:
            screen.notify(_("Saved as {path}").format(path=path), markup=False)

    screen.app.push_screen(SaveAsScreen(ws, title, name.replace("/", "-"), make), saved)


def attempt(screen: Screen[Any], work: Callable[[], Any], then: Then | None = None) -> None:
    """Run work that may be refused, off the key that asked for it; a refusal is shown as a problem."""

    async def tried() -> None:
        try:
            await work()
        except FacturierError as error:
            show_problem(screen, error)
        if then is not None:
            then()

    screen.run_worker(tried(), group="attempt")
