"""Read a JSON object whose members are long lists, one element at a time, so that no list is ever whole in memory."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from facturier.models.errors import InputError
from facturier.models.text.i18n import _

_CHUNK = 1 << 16  # characters that are read at once, at first
_SPACE = " \t\r\n"


def json_parts(stream: TextIO) -> Iterator[tuple[str, Any]]:
    """Return the members of the object in a JSON text, as (name, value). A list gives one pair for each element.

    Raises InputError if the text is not such an object.
    """
    text = _Text(stream)
    text.expect("{", "\ufeff")
    if text.take("}"):
        return
    while True:
        name = text.value()
        if not isinstance(name, str):
            raise text.wrong()
        text.expect(":")
        if text.take("["):
            while not text.take("]"):
                yield name, text.value()
                if not text.take(","):
                    text.expect("]")
                    break
        else:
            yield name, text.value()
        if not text.take(","):
            text.expect("}")
            break
    text.end()


class _Text:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._at = 0
        self._before = 0  # characters that are no longer in the buffer
        self._ended = False
        self._chunk = _CHUNK

    def take(self, letter: str) -> bool:
        """Go past a letter, if it is the next one."""
        if self._next() != letter:
            return False
        self._at += 1
        return True

    def expect(self, letter: str, skipped: str = "") -> None:
        """Go past a letter. Raises InputError if it is not the next one."""
        while skipped and self._next() in skipped and self._next():
            self._at += 1
        if not self.take(letter):
            raise self.wrong()

    def value(self) -> Any:
        """Read the next value."""
        self._next()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError:
                if not self._fill():
                    raise self.wrong() from None
                continue
            except RecursionError:
                raise self.wrong() from None
            if end == len(self._buffer) and self._fill():
                continue  # a number may go on
            self._at = end
            self._chunk = _CHUNK
            return found

    def end(self) -> None:
        """Raises InputError if there is anything else."""
        if self._next():
            raise self.wrong()

    def wrong(self) -> InputError:
        place = self._before + self._at + 1
        return InputError(_("This is not valid JSON. See character {place}.").format(place=place))

    def _next(self) -> str:
        """The next letter that is no space; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def _fill(self) -> bool:
        """Read more. False at the end."""
        if self._ended:
            return False
        self._buffer, self._before, self._at = self._buffer[self._at :], self._before + self._at, 0
        more = self._stream.read(self._chunk)
        self._chunk *= 2  # a value that is not whole yet is decoded again from its start
        self._ended = not more
        self._buffer += more
        return bool(more)
