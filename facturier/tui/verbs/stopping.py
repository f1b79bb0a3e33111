"""Ctrl+C and the signals that end a program, for verbs that deliver: the delivery under way is finished first."""

import signal

from facturier.mail.exchange import Stopping


def stop_on_signals() -> Stopping:
    """An event that is set by the first of them. What is under way then ends within moments, with a true state."""
    stop = Stopping()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda _number, _frame: stop.set())
    return stop
