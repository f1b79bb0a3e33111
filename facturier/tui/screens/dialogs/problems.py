"""A refusal as a dialog: the one way in which a screen shows an error of ours that belongs to no field."""

from collections.abc import Iterator
from contextlib import contextmanager

from textual.dom import DOMNode

from facturier.models.errors import FacturierError


def show_problem(node: DOMNode, error: FacturierError) -> None:
    """Show it above whatever is on the screen, and go on. Whoever has to know when it was closed waits for
    ProblemScreen instead; work that a quit waits for must not."""
    from facturier.tui.screens.dialogs.dialogs import ProblemScreen

    node.app.push_screen(ProblemScreen(error))


@contextmanager
def problems_shown(node: DOMNode) -> Iterator[None]:
    """Show the FacturierError that ends this block, and go on after the block."""
    try:
        yield
    except FacturierError as error:
        show_problem(node, error)
