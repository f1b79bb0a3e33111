"""The last line: what the person can do next, in the order in which they are likely to want it."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.keys import key_to_character
from textual.widget import Widget

from facturier.models.text.i18n import N_, _

_NAMES: dict[str, str] = {
    "enter": "⏎",
    "space": "␣",
    "escape": "esc",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "delete": "del",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}

# What Textual says itself, so that it is translated too.
_TEXTUALS = (N_("Dismiss menu"),)

# What long descriptions become where not all of the line has room: before any key goes without being shown.
_SHORT = {
    N_("Save & send"): N_("Send"),
    N_("Send marked"): N_("Send these"),
    N_("Copy the link"): N_("Copy"),
}

# Cells between two entries: with room, and without.
_WIDE, _NARROW = 3, 2


def key_name(key: str) -> str:
    """A key as a person reads it: `^s`, `F9`, `⏎`."""
    first = key.split(",")[0].strip()
    if first in _NAMES:
        return _NAMES[first]
    if first.startswith("ctrl+"):
        return f"^{key_name(first.removeprefix('ctrl+'))}"
    if first.startswith(("alt+", "shift+")):
        prefix, _plus, rest = first.partition("+")
        return f"{prefix}+{key_name(rest)}"
    character = key_to_character(first)
    if character is not None and character.isprintable():
        return character
    return first.upper() if first[0] == "f" and first[1:].isdecimal() else first


class KeyBar(Widget, can_focus=False):
    """One line of the active bindings that want to be shown, as many as fit; descriptions are translated here."""

    DEFAULT_CLASSES: ClassVar[str] = "keybar"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keybar--key"}

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self._renew())
        self._line = self._entries(self.size.width)

    def on_resize(self) -> None:
        self._renew()

    def render(self) -> RenderResult:
        return self._line

    def _renew(self) -> None:
        # Textual says "bindings updated" at every change of focus; repaint only when the line is another one.
        line = self._entries(self.size.width)
        if line != self._line:
            self._line = line
            self.refresh()

    def _entries(self, width: int) -> Text:
        """What fits, in short words before any is left out. The way out and help, which leads to all the rest, keep
        their places; the palette makes room first, then the last of the screen's own."""
        own, always = self._shown({})

        def entries() -> list[Text]:
            return [*(entry for _key, entry in own), *always]

        if _width(entries(), _NARROW) > width:
            own, always = self._shown(_SHORT)
        while _width(entries(), _NARROW) > width:
            last = next((place for place in reversed(range(len(own))) if own[place][0] != "escape"), None)
            if len(always) > 1:
                always.pop()
            elif last is not None:
                del own[last]
            else:
                break
        gap = _WIDE if _width(entries(), _WIDE) <= width else _NARROW
        line = Text(" " * gap, no_wrap=True, overflow="ellipsis").join(entries())
        return Text.assemble(" ", line, no_wrap=True, overflow="ellipsis")

    def _shown(self, words: dict[str, str]) -> tuple[list[tuple[str, Text]], list[Text]]:
        """The entries of the screen with their keys, and those of the program. `words` replace descriptions."""
        style = self.get_component_rich_style("keybar--key", partial=True)
        own: list[tuple[str, Text]] = []
        always: list[Text] = []
        seen: set[str] = set()
        for key, (node, binding, enabled, _tooltip) in self.screen.active_bindings.items():
            if not binding.show or not enabled or binding.action in seen or self._typed(key):
                continue
            seen.add(binding.action)
            description = words.get(binding.description, binding.description)
            entry = Text.assemble((binding.key_display or key_name(key), style), " ", _(description))
            if node is self.app:
                always.append(entry)
            else:
                own.append((key, entry))
        return own, always

    def _typed(self, key: str) -> bool:
        """Whether a key would be typed into the field that has the focus, instead of doing anything."""
        focused = self.screen.focused
        character = "/" if key == "slash" else key_to_character(key)  # Textual's own name for it has no way back
        return focused is not None and focused.check_consume_key(key, character)


def _width(entries: list[Text], gap: int) -> int:
    return sum(entry.cell_len for entry in entries) + gap * (len(entries) - 1) + 1
