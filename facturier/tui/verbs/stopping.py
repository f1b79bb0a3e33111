"""Ctrl+C and the signals that end a program, for verbs that deliver: the delivery under way is finished first."""

import signal
import threading


def stop_on_signals() -> threading.Event:
    """An event that is set by the first of them."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda _number, _frame: stop.set())
    return stop
