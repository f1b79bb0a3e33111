"""Start work that runs beside the keys."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.worker import Worker


def run_in_worker(
    node: "DOMNode", work: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False
) -> None:
    """Run `work` in a worker of a screen or of the app.

    The worker gets a function: Python prints a warning on the terminal for a coroutine that never runs, as that of a
    worker that is cancelled before it starts.
    """
    _worker: Worker[object] = node.run_worker(work, group=group, exclusive=exclusive)
