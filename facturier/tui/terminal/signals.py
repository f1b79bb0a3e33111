"""Handle the signals that ask the program to end. Only the first one has an effect."""

import signal
from collections.abc import Callable

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def on_first_signal(act: Callable[[int], None]) -> None:
    """Call `act` with the number of the first signal that asks the program to end, and ignore later ones. A signal that
    was already ignored when the program started, as under nohup(1), stays ignored."""

    def first(number: int, _frame: object) -> None:
        ignore_signals()
        act(number)

    for name in ENDING:
        if signal.getsignal(name) is not signal.SIG_IGN:
            signal.signal(name, first)


def ignore_signals() -> None:
    """Ignore further signals, because the program is already ending."""
    for name in ENDING:
        signal.signal(name, signal.SIG_IGN)


def status_of(number: int) -> int:
    """Return the exit status that a shell reports for a program ended by this signal."""
    return 128 + number
