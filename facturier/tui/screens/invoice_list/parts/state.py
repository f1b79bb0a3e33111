"""The line at the top right of the list: the most pressing thing, and the open alerts."""

from rich.style import Style
from rich.text import Text

from facturier.mail.senders.choices import default_address
from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import _, ngettext
from facturier.tui.themes.theme import ACTIVE, WARNING
from facturier.tui.words.formatting import counted


def list_state(ws: Workspace, marked: int) -> Text:
    """The most pressing of these, and the open alerts behind it. `marked` is how many invoices are marked."""
    from facturier.models.books.alerts import count_alerts

    with ws.store.reading():
        state, alerts = _state(ws, marked), count_alerts(ws.store)
    if alerts:
        state.append("   ⚠ " + ngettext("{count} alert", "{count} alerts", alerts).format(count=alerts), WARNING)
        state.apply_meta({"@click": "screen.alerts"}, state.plain.rindex("⚠"))
    return state


def _state(ws: Workspace, marked: int) -> Text:
    from facturier.models.outbox.pauses import paused_by

    if marked:
        words = ngettext("◆ {count} marked (Esc: unmark)", "◆ {count} marked (Esc: unmark)", marked)
        return _piece(words.format(count=counted(marked)), ACTIVE)
    if paused_by(ws.store) is not None:
        return _piece(_("Outbox paused: O"), WARNING)
    address, connection = default_address(ws), ws.connection()
    if not address:
        return _piece(_("No sender yet: F2"), WARNING)
    if connection is not None and connection.over:
        return _piece(_("{address}: connection ended").format(address=connection.address), WARNING)
    return _piece(_("From {address}").format(address=address), "not bold")


def _piece(text: str, style: str | Style) -> Text:
    return Text().append(text, style)
