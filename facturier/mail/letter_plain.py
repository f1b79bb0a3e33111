"""A letter as text/plain that reads well by itself.

Paragraphs are not wrapped: every mail program does that to its own width, and a hard break looks torn on a telephone.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_RULE = "—" * 3


def letter_plain(tokens: "list[Token]") -> str:
    """The text of a letter from `read_letter`. Emphasis goes; links show their address; lists and quotes keep their
    marks."""
    lines = _Lines()
    for token in tokens:
        lines.add(token)
    return "\n".join(lines.done).strip("\n") + "\n"


class _Lines:
    """Blocks below each other. `_marks` is what stands before each line: quotes and list indents, outermost first."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._marks: list[str] = []
        self._before: list[str] = []
        self._bullet = ""
        self._counters: list[int | None] = []
        self._new_list = False
        self._tight = False

    def add(self, token: "Token") -> None:
        match token.type:
            case "inline":
                self._block(_inline(token.children or []))
            case "code_block" | "fence":
                self._block(token.content.rstrip("\n"))
            case "hr":
                self._block(_RULE)
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

    def _block(self, text: str) -> None:
        if self.done and (self._new_list or not self._tight):
            shared = [mark for mark, before in zip(self._marks, self._before, strict=False) if mark == before]
            self.done.append("".join(shared).rstrip())
        for line in text.split("\n"):
            indent = "".join(self._marks)
            if self._bullet:
                indent = indent[: -len(self._bullet)] + self._bullet
                self._bullet = ""
            self.done.append((indent + line).rstrip())
        self._before = list(self._marks)
        self._new_list = self._tight = False


def _inline(tokens: "list[Token]") -> str:
    text = ""
    opened: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                text += token.content
            case "softbreak" | "hardbreak":
                text += "\n"
            case "link_open":
                opened.append((str(token.attrs["href"]), len(text)))
            case "link_close":
                address, start = opened.pop()
                shown = address.removeprefix("mailto:")
                if text[start:] not in (address, shown):
                    text += f" ({shown})"
            case _:
                pass
    return text
