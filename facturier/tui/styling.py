"""The styles of all screens but the first, which is drawn without waiting for them."""

from pathlib import Path
from typing import Any

from textual.app import App

FIRST = Path(__file__).with_name("first.tcss")
_ALL_OTHERS = str(Path(__file__).with_name("styles.tcss"))


def read_all_styles(app: App[Any]) -> None:
    """Read them if that has not been done. What is mounted later has them; what is there already needs none of them."""
    if not app.stylesheet.has_source(_ALL_OTHERS):
        app.stylesheet.read(_ALL_OTHERS)
        app.stylesheet.parse()
