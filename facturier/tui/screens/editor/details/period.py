"""The service period that is typed for an invoice or a line."""

from textual.dom import DOMNode

from facturier.models.books.invoice import Invoice
from facturier.models.settings.line import Line
from facturier.models.text.i18n import _
from facturier.tui.widgets.inputs.fields import Field


def period_is_valid(screen: DOMNode, typed: Invoice | Line) -> bool:
    """Return whether the period does not end before it begins. If it does, show that at its last day."""
    if not _is_wrong(typed):
        return True
    field = screen.query_one("#service_to", Field)
    field.show_problem(_("The service period ends before it begins."))
    field.input.focus()
    return False


def restore_wrong_period(screen: DOMNode, typed: Invoice | Line) -> None:
    """Show the initial days again if the period ends before it begins."""
    if _is_wrong(typed):
        for name in ("service_from", "service_to"):
            screen.query_one(f"#{name}", Field).restore()


def _is_wrong(typed: Invoice | Line) -> bool:
    return bool(typed.service_from and typed.service_to and typed.service_to < typed.service_from)
