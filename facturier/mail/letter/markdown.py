"""Read a letter's Markdown, and fill its placeholders where nothing can be read as Markdown any more.

Filling comes after reading: a customer called `**x**` or `<b>` stays exactly that, in every place. Raw HTML and images
are off, and a link that is neither https nor mailto is shown as text.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from facturier.mail.errors import LetterError
from facturier.mail.letter.placeholders import check_template, fill
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ALLOWED = re.compile(r"(https://|mailto:)[^\s\\]+", re.IGNORECASE)
# markdown-it percent-encodes the braces of `[pay]({pay_link})`.
_IN_LINK = re.compile(r"%7B\s*([^\W\d]\w*)\s*%7D", re.IGNORECASE)
# Quotes and lists inside each other. Deeper ones only cost time, and the reader drops what is in them.
_NESTING = 20
_HOLDERS = ("blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open")


@cache
def letter_reader() -> "MarkdownIt":
    """What reads and renders letters: CommonMark with line breaks kept, without raw HTML and images. It keeps nothing
    of what it reads, so one serves all threads."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": _NESTING})
    # A link definition prints nothing: a line such as `[Note]: F-1001` would be dropped.
    reader.disable(["image", "html_block", "html_inline", "reference"])
    # Every link is let through here and judged in `_filled`, when it is known where it leads.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    reader.parse("x")  # it collects its rules when it first reads, which no two threads may do at once
    return reader


def read_letter(markdown: str, values: Mapping[str, str]) -> "list[Token]":
    """The letter as markdown-it tokens, filled. Raises LetterError for an unknown placeholder, and for quotes and lists
    nested too deep."""
    tokens = check_letter(markdown)
    for token in tokens:
        if token.children is not None:
            token.children = list(_filled(token.children, values))
        elif token.type in ("code_block", "fence"):
            # Nobody sees what stands behind the first fence otherwise: `~~~ Thank you ~~~`.
            token.content = fill("\n".join(filter(None, (token.info.strip(), token.content))), values)
            token.info = ""
    return tokens


def check_letter(markdown: str) -> "list[Token]":
    """The letter as tokens, its placeholders as they are. Raises LetterError as `read_letter`."""
    template = clean_lines(markdown)
    check_template(template)
    tokens = letter_reader().parse(template)
    # What opens at the last level holds text that was not read.
    if any(token.nesting == 1 and token.level >= _NESTING - 1 and token.type in _HOLDERS for token in tokens):
        raise LetterError(
            _("The message has quotes or lists that are nested too deep."), todo=_("Remove some of the “>” or indents.")
        )
    return tokens


def _filled(tokens: "list[Token]", values: Mapping[str, str]) -> "Iterator[Token]":
    """Inline tokens with their placeholders filled. Forbidden links lose their tags and keep text and address."""
    from markdown_it.token import Token

    refused: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            address = _address(str(token.attrs.get("href", "")), values)
            refused.append("" if _ALLOWED.fullmatch(address) else address or "–")
            token.attrs = {"href": address}
            if not refused[-1]:
                yield token
        elif token.type == "link_close":
            if shown := refused.pop():
                yield Token("text", "", 0, content=f" ({shown})")
            else:
                yield token
        else:
            if token.type in ("text", "code_inline"):
                token.content = fill(token.content, values)
            yield token


def _address(href: str, values: Mapping[str, str]) -> str:
    """Where a link leads. A value that is the whole address stays as it is; inside one it is percent-encoded."""
    if whole := _IN_LINK.fullmatch(href):
        return values.get(whole[1], "")
    safe = "@" if href.lower().startswith("mailto:") else ""
    return _IN_LINK.sub(lambda match: quote(values.get(match[1], ""), safe=safe), href)
