"""The last line of a screen: the available keys, most likely ones first."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.keys import key_to_character
from textual.widget import Widget

from facturier.models.text.i18n import N_, _
from facturier.tui.terminal.glyphs import only_plain

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

# For terminals without these symbols. A single ASCII character would not be understood.
_PLAIN_NAMES = {"enter": "Enter", "space": "Space", "up": "up", "down": "down", "left": "left", "right": "right"}

# Textual's own descriptions, listed so that they are translated too.
_TEXTUALS = (N_("Dismiss menu"),)

# Shorter descriptions, used before any key is dropped from a narrow line.
_SHORT = {
    N_("Save & send"): N_("Send"),
    N_("Send marked"): N_("Send these"),
    N_("Copy the link"): N_("Copy"),
}

# Cells between two entries, in a wide and a narrow line.
_WIDE, _NARROW = 3, 2


def key_name(key: str) -> str:
    """Return a key as it is shown to the user: `^s`, `F9`, `⏎`."""
    first = key.split(",")[0].strip()
    if first in _NAMES:
        return _PLAIN_NAMES.get(first, _NAMES[first]) if only_plain() else _NAMES[first]
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
    """One line with the active bindings that have `show` set, as many as fit. Translates their descriptions."""

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
        # Textual signals "bindings updated" at every change of focus; repaint only if the line changed.
        line = self._entries(self.size.width)
        if line != self._line:
            self._line = line
            self.refresh()

    def _entries(self, width: int) -> Text:
        """Return the entries that fit. Descriptions are shortened before any entry is dropped. Escape and help, which
        lists all other keys, always stay; the palette is dropped first, then the screen's entries from the end."""
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
        """Return the entries of the screen with their keys, and the entries of the app. `words` replaces
        descriptions."""
        style = self.get_component_rich_style("keybar--key", partial=True)
        own: list[tuple[str, Text]] = []
        always: list[Text] = []
        seen: set[str] = set()
        for key, (node, binding, enabled, _tooltip) in self.screen.active_bindings.items():
            if not binding.show or not enabled or binding.action in seen or self._typed(key):
                continue
            seen.add(binding.action)
            description = words.get(binding.description, binding.description)
            entry = Text.assemble(
                (_(binding.key_display) if binding.key_display else key_name(key), style), " ", _(description)
            )
            if node is self.app:
                always.append(entry)
            else:
                own.append((key, entry))
        return own, always

    def _typed(self, key: str) -> bool:
        """Return whether the focused field would insert this key as text."""
        focused = self.screen.focused
        character = "/" if key == "slash" else key_to_character(key)  # Textual cannot convert its own name "slash" back
        return focused is not None and focused.check_consume_key(key, character)


def _width(entries: list[Text], gap: int) -> int:
    return sum(entry.cell_len for entry in entries) + gap * (len(entries) - 1) + 1
