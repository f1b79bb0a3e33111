"""What the title of the invoice list says beside the company: what is marked, from where it sends, what stands."""

from rich.text import Text

from facturier.mail.desk import Desk
from facturier.models.alerts import count_alerts
from facturier.models.language import _, ngettext
from facturier.models.pausing import paused_by
from facturier.tui.amounts import counted


def list_state(desk: Desk, marked: int) -> Text:
    """The most pressing of these, and the open alerts behind it. `marked` is how many invoices are marked."""
    with desk.store.reading():
        state, alerts = _state(desk, marked), count_alerts(desk.store)
    if alerts:
        state.append("   ⚠ " + ngettext("{count} alert", "{count} alerts", alerts).format(count=alerts), "yellow")
    return state


def _state(desk: Desk, marked: int) -> Text:
    if marked:
        words = ngettext("◆ {count} marked: s sends it, u unmarks", "◆ {count} marked: s sends them, u unmarks", marked)
        return _piece(words.format(count=counted(marked)), "cyan")
    if paused_by(desk.store) is not None:
        return _piece(_("Outbox paused: b"), "yellow")
    address, connection = desk.address(), desk.connection()
    if not address:
        return _piece(_("No sender yet: F2"), "yellow")
    if connection is not None and connection.over:
        return _piece(_("{address}: connection ended").format(address=connection.address), "yellow")
    return _piece(_("From {address}").format(address=address), "not bold")


def _piece(text: str, style: str) -> Text:
    return Text().append(text, style)
