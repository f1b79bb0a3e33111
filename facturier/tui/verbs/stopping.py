"""Ctrl+C and the signals that end a program, for verbs that deliver: the delivery under way is finished first."""

import threading

from facturier.tui.signals import on_first_signal


def stop_on_signals() -> threading.Event:
    """An event that is set by the first of them."""
    stop = threading.Event()
    on_first_signal(lambda _number: stop.set())
    return stop
