"""Garbage collection while nobody types.

A screen that closes leaves some ten thousand objects that refer to each other. Python looks for such objects when many
new ones were made, which is usually while the next screen opens, and takes as long as that.
"""

import gc
from time import monotonic

from facturier.tui.terminal.type_ahead import TypeAhead

_REST = 0.6  # seconds without a key
_LOOK = 0.5  # seconds between checks
_YOUNG = 20_000  # new objects after which Python looks among them, even while somebody types
_ENOUGH = 2_000  # new objects; fewer are not worth a look at all


class GarbageWatch:
    """Collects garbage when no key was pressed for a moment."""

    def __init__(self, app: TypeAhead) -> None:
        self._app = app
        self._loaded = False  # whether there are modules to leave out

    def start(self) -> None:
        """Call it when the first screen is there and collection is off. All that exists by then is left out of it."""
        gc.freeze()
        gc.set_threshold(_YOUNG)
        gc.enable()
        self._app.set_interval(_LOOK, self.look)

    def leave_out_modules(self) -> None:
        """Modules were loaded, which stay: leave them out, too."""
        self._loaded = True

    def look(self) -> None:
        """Collect garbage if nobody types and there may be some."""
        young, older, _oldest = gc.get_count()
        if monotonic() - self._app.key_time < _REST or not (older or young > _ENOUGH):
            return
        gc.collect()
        if self._loaded and len(self._app.screen_stack) == 1:  # a screen that closes must not be left out
            gc.freeze()
            self._loaded = False
