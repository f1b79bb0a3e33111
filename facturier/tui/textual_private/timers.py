"""Timers that fire once fire on a busy machine too."""

from textual.timer import Timer

_run = Timer._run


def lose_no_timer() -> None:
    """Make each timer of `set_timer` fire. Textual skips a timer that is late before it begins to wait, such as one of
    a few microseconds, or one in a process that the machine has stopped for a moment. One that repeats fires later."""
    Timer._run = _run_late  # type: ignore[method-assign, assignment]


async def _run_late(timer: Timer) -> None:
    if timer._repeat == 0:
        timer._skip = False
    await _run(timer)
