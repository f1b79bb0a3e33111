"""Less garbage collection in tests that create thousands of objects and then end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def little_garbage_collection() -> Iterator[None]:
    """Collect garbage once, at the end. Otherwise it takes up to a third of the time."""
    thresholds = gc.get_threshold()
    gc.set_threshold(10_000_000)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.collect(0)
