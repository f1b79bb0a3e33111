"""Restore pasted text that the terminal encoded as key sequences.

While extended keys are on, tmux pop-ups encode each key of a paste: a line break arrives as Ctrl+J, which is
`ESC [ 106 ; 5 u` ("CSI u") or `ESC [ 27 ; 5 ; 106 ~` (xterm's "modifyOtherKeys"). Textual 8.2 treats any ESC in a paste
as the beginning of a key, and delivers the rest as keys before the paste itself.
"""

import re
import sys
from collections.abc import Iterable

from textual.message import Message

from facturier.tui.textual_private.driver import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser

_SHIFT, _CONTROL = 1, 4  # bits of the modifier minus one, the same in both encodings
_NO_LETTERS = range(0xD800, 0xF900)  # surrogates, and the private use area that encodes function keys
_RELEASED = "3"
# A key in either encoding, any other control sequence, or a single ESC.
_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<key>[0-9:;]{0,40})u|\[27;(?P<modified>[0-9]{1,3};[0-9]{1,7})~|\[[0-?]*[ -/]*[@-~])?"
)


class PasteParser(XTermParser):
    """Textual's parser, except that it receives each paste in one piece and without escape sequences."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: str | None = None  # the part of a paste received so far, None outside a paste
        self._last = ""  # the end of the previous data, which may hold the beginning of a paste mark

    def feed(self, data: str) -> Iterable[Message]:
        if not data:  # end of input
            return super().feed(data)
        text = "".join(self._whole(data))
        return super().feed(text) if text else ()

    def _whole(self, data: str) -> Iterable[str]:
        while data:
            if self._pasted is None:
                begun = self._last + data
                at = begun.find(BRACKETED_PASTE_START)
                if at < 0:
                    self._last = begun[1 - len(BRACKETED_PASTE_START) :]
                    yield data
                    return
                end = at + len(BRACKETED_PASTE_START) - len(self._last)
                yield data[:end]
                data, self._last, self._pasted = data[end:], "", ""
            else:
                searched = max(len(self._pasted) - len(BRACKETED_PASTE_END), 0)
                self._pasted += data
                at = self._pasted.find(BRACKETED_PASTE_END, searched)
                if at < 0:
                    return
                data = self._pasted[at + len(BRACKETED_PASTE_END) :]
                yield as_copied(self._pasted[:at]) + BRACKETED_PASTE_END
                self._pasted = None


def as_copied(pasted: str) -> str:
    """Decode keys in pasted text to their characters, and remove all other escape sequences."""
    return _SEQUENCE.sub(lambda found: _character(found["key"], found["modified"]), pasted)


def _character(key: str | None, modified: str | None) -> str:
    if modified is not None:
        modifiers, code = modified.split(";")
        return _typed(int(code), int(modifiers))
    codes, modifiers, text = [*(key or "").split(";"), "", ""][:3]
    modifiers, _colon, event = modifiers.partition(":")
    if event == _RELEASED:
        return ""
    if text:
        return "".join(_typed(int(code), 1) for code in text.split(":") if code)
    code, _colon, shifted = codes.partition(":")
    shifted = shifted.partition(":")[0]
    bits = int(modifiers or 1)
    if shifted and bits - 1 & _SHIFT:
        code = shifted
    return _typed(int(code), bits) if code else ""


def _typed(code: int, modifiers: int) -> str:
    if code in _NO_LETTERS or code > sys.maxunicode:
        return ""
    bits = modifiers - 1
    if bits & _CONTROL:
        return chr(code & 0x1F)
    letter = chr(code)
    return letter.upper() if bits & _SHIFT else letter
