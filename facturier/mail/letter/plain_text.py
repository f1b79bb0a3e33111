"""Render a letter as readable text: for text/plain, and with formatting for a terminal.

Paragraphs are not wrapped. Every mail program wraps to its own width, and hard line breaks look ragged on a phone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_RULE = "—" * 3
_LOOKS = {"strong_open": "bold", "em_open": "italic", "link_open": "underline"}


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text with one format.

    `look` lists any of bold, italic, underline and dim, separated by spaces.
    """

    text: str
    look: str = ""


def letter_words(tokens: "list[Token]") -> tuple[Words, ...]:
    """Return a letter from `read_letter` as text in reading order.

    Links show their address, and lists and quotes keep their marks. Joined together, the texts are the text/plain form.
    """
    lines = _Lines()
    for token in tokens:
        lines.add(token)
    return tuple(lines.words())


class _Lines:
    """Collects blocks as lines. `_marks` holds the marks of quotes and lists before each line, outermost first."""

    def __init__(self) -> None:
        self._done: list[list[Words]] = []
        self._marks: list[str] = []
        self._before: list[str] = []
        self._bullet = ""
        self._counters: list[int | None] = []
        self._new_list = False
        self._tight = False
        self._heading = False

    def words(self) -> Iterator[Words]:
        """Yield everything that was added, with a line end after each line."""
        for line in self._done:
            yield from line
            yield Words("\n")

    def add(self, token: "Token") -> None:
        match token.type:
            case "inline":
                self._block(_inline(token.children or [], "bold" if self._heading else ""))
            case "code_block" | "fence":
                self._block([Words(token.content.rstrip("\n"))])
            case "hr":
                self._block([Words(_RULE, "dim")])
            case "heading_open":
                self._heading = True
            case "heading_close":
                self._heading = False
            case "blockquote_open":
                self._marks.append("> ")
                if self._bullet:
                    self._bullet += "> "
            case "blockquote_close":
                self._marks.pop()
            case "bullet_list_open":
                self._open_list(None)
            case "ordered_list_open":
                self._open_list(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._counters.pop()
            case "list_item_open":
                bullet = self._next_bullet()
                self._bullet += bullet
                self._marks.append(" " * len(bullet))
            case "list_item_close":
                self._marks.pop()
                self._bullet = ""
            case "paragraph_open":
                self._tight = token.hidden
            case _:
                pass

    def _open_list(self, start: int | None) -> None:
        self._counters.append(start)
        self._new_list = len(self._counters) == 1

    def _next_bullet(self) -> str:
        count = self._counters[-1]
        if count is None:
            return "- "
        self._counters[-1] = count + 1
        return f"{count}. "

    def _block(self, words: list[Words]) -> None:
        if self._done and (self._new_list or not self._tight):
            shared = [mark for mark, before in zip(self._marks, self._before, strict=False) if mark == before]
            self._done.append(_trimmed([Words("".join(shared), "dim")]))
        for line in _lines(words):
            indent = "".join(self._marks)
            if self._bullet:
                indent = indent[: -len(self._bullet)] + self._bullet
                self._bullet = ""
            self._done.append(_trimmed([Words(indent, "dim"), *line]))
        self._before = list(self._marks)
        self._new_list = self._tight = False


def _lines(words: list[Words]) -> list[list[Words]]:
    """Split the words at line ends."""
    lines: list[list[Words]] = [[]]
    for stretch in words:
        first, *rest = stretch.text.split("\n")
        lines[-1].append(Words(first, stretch.look))
        lines += [[Words(text, stretch.look)] for text in rest]
    return lines


def _trimmed(line: list[Words]) -> list[Words]:
    """Remove empty texts, and white space at the end of the line."""
    kept = [stretch for stretch in line if stretch.text]
    while kept and not (text := kept[-1].text.rstrip()):
        kept.pop()
    return [*kept[:-1], Words(text, kept[-1].look)] if kept else []


def _inline(tokens: "list[Token]", look: str) -> list[Words]:
    words: list[Words] = []
    looks = [look] if look else []
    opened: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                words.append(Words(token.content, " ".join(looks)))
            case "softbreak" | "hardbreak":
                words.append(Words("\n"))
            case "link_open" | "strong_open" | "em_open":
                looks.append(_LOOKS[token.type])
                if token.type == "link_open":
                    opened.append((str(token.attrs["href"]), len(words)))
            case "strong_close" | "em_close":
                looks.pop()
            case "link_close":
                looks.pop()
                address, start = opened.pop()
                shown = address.removeprefix("mailto:")
                if "".join(stretch.text for stretch in words[start:]) not in (address, shown):
                    words.append(Words(f" ({shown})", "dim"))
            case _:
                pass
    return words
