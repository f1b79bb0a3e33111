"""The signals that ask a program to end: the first one counts."""

import signal
from collections.abc import Callable

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


def on_first_signal(act: Callable[[int], None]) -> None:
    """Call `act` with the number of the first signal that asks the program to end; ignore all later ones, until the
    process is gone. A signal that was ignored when the program started, as under nohup(1), remains ignored."""

    def first(number: int, _frame: object) -> None:
        ignore_signals()
        act(number)

    for name in ENDING:
        if signal.getsignal(name) is not signal.SIG_IGN:
            signal.signal(name, first)


def ignore_signals() -> None:
    """From here on the program ends anyway."""
    for name in ENDING:
        signal.signal(name, signal.SIG_IGN)


def status_of(number: int) -> int:
    """The exit status of a program that a signal ended, as a shell reports it."""
    return 128 + number
