"""Timers and calls that Textual loses."""

from textual.geometry import Size
from textual.screen import Screen
from textual.timer import Timer

_run = Timer._run
_refresh_layout = Screen._refresh_layout


def lose_no_timer() -> None:
    """Make each timer of `set_timer` fire. Textual skips a timer that is late before it begins to wait, such as one of
    a few microseconds, or one in a process that the machine has stopped for a moment. One that repeats fires later."""
    Timer._run = _run_late  # type: ignore[method-assign, assignment]


async def _run_late(timer: Timer) -> None:
    if timer._repeat == 0:
        timer._skip = False
    await _run(timer)


def lose_no_call() -> None:
    """Make each call of `call_after_refresh` happen. It waits for the next picture of the screen. If another screen
    opens first, Textual may lay out the first one once more, which stops the timer for its picture."""
    Screen._refresh_layout = _refresh_layout_and_call  # type: ignore[method-assign, assignment]


def _refresh_layout_and_call(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
    _refresh_layout(screen, size, scroll)
    if screen._callbacks:
        screen._update_timer.resume()
