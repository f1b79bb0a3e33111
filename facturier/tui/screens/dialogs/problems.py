"""Show errors as dialogs. Screens use this for every FacturierError that does not belong to a field."""

from collections.abc import Iterator
from contextlib import contextmanager

from textual.dom import DOMNode

from facturier.models.errors import FacturierError


def show_problem(node: DOMNode, error: FacturierError) -> None:
    """Show the error above the current screen, without waiting.

    To wait until it is closed, push ProblemScreen instead, but not in work that quitting waits for.
    """
    from facturier.tui.screens.dialogs.dialogs import ProblemScreen

    node.app.push_screen(ProblemScreen(error))


@contextmanager
def problems_shown(node: DOMNode) -> Iterator[None]:
    """Show a FacturierError that ends this block, and continue after the block."""
    try:
        yield
    except FacturierError as error:
        show_problem(node, error)
