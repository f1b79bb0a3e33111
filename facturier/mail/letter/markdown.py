"""Parse a letter's Markdown, then fill its placeholders so that values are never parsed as Markdown.

A customer named `**x**` or `<b>` appears exactly like that everywhere. Raw HTML and images are disabled, and a link
that is neither https nor mailto is shown as text.
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
# Limit for nested quotes and lists. Deeper ones cost time, and markdown-it drops their text.
_NESTING = 20
_HOLDERS = ("blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open")


@cache
def letter_reader() -> "MarkdownIt":
    """Return the parser and renderer for letters: CommonMark with line breaks, without raw HTML and images.

    It keeps no state between letters, so all threads share it.
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": _NESTING})
    # A link definition has no output, so a line such as `[Note]: F-1001` would disappear.
    reader.disable(["image", "html_block", "html_inline", "reference"])
    # Accept every link here. `_filled` checks it after the placeholders in its address are filled.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    reader.parse("x")  # the first parse collects the rules, which is not thread-safe
    return reader


def read_letter(markdown: str, values: Mapping[str, str]) -> "list[Token]":
    """Return the letter as markdown-it tokens with placeholders filled.

    Raises LetterError if a placeholder is unknown, or if quotes and lists are nested too deeply.
    """
    tokens = check_letter(markdown)
    for token in tokens:
        if token.children is not None:
            token.children = list(_filled(token.children, values))
        elif token.type in ("code_block", "fence"):
            # Otherwise text after the first fence would be hidden: `~~~ Thank you ~~~`.
            token.content = fill("\n".join(filter(None, (token.info.strip(), token.content))), values)
            token.info = ""
    return tokens


def check_letter(markdown: str) -> "list[Token]":
    """Return the letter as tokens with unfilled placeholders. Raises LetterError like `read_letter`."""
    template = clean_lines(markdown)
    check_template(template)
    tokens = letter_reader().parse(template)
    # markdown-it does not read the text inside a block that opens at the last level.
    if any(token.nesting == 1 and token.level >= _NESTING - 1 and token.type in _HOLDERS for token in tokens):
        raise LetterError(
            _("The message has quotes or lists that are nested too deep."), todo=_("Remove some of the “>” or indents.")
        )
    return tokens


def _filled(tokens: "list[Token]", values: Mapping[str, str]) -> "Iterator[Token]":
    """Yield inline tokens with placeholders filled. A forbidden link becomes its text and address."""
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
    """Return the address of a link with placeholders filled.

    A value that is the whole address is inserted unchanged; a value inside an address is percent-encoded.
    """
    if whole := _IN_LINK.fullmatch(href):
        return values.get(whole[1], "")
    safe = "@" if href.lower().startswith("mailto:") else ""
    return _IN_LINK.sub(lambda match: quote(values.get(match[1], ""), safe=safe), href)
