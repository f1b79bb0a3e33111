"""Ctrl+C and the signals that end a program, for verbs that deliver: the delivery under way is finished first."""

from facturier.mail.exchange import Stopping
from facturier.tui.signals import on_first_signal


def stop_on_signals() -> Stopping:
    """An event that is set by the first of them. What is under way then ends within moments, with a true state."""
    stop = Stopping()
    on_first_signal(lambda _number: stop.set())
    return stop
