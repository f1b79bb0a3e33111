"""Parse a letter's Markdown.

Raw HTML and images are disabled, and a link that is neither https nor mailto is shown as text.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING

from facturier.mail.errors import LetterError
from facturier.mail.letter.placeholders import PLACEHOLDERS, check_template
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ALLOWED = re.compile(r"(https://|mailto:)[^\s\\]+", re.IGNORECASE)
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
    # Accept every link here, so that the text of a forbidden one is not lost: see `_links_checked`.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    reader.parse("x")  # the first parse collects the rules, which is not thread-safe
    return reader


def read_letter(markdown: str) -> "list[Token]":
    """Return the letter as markdown-it tokens. Raises LetterError if quotes and lists are nested too deeply."""
    tokens = letter_reader().parse(clean_lines(markdown))
    # markdown-it does not read the text inside a block that opens at the last level.
    if any(token.nesting == 1 and token.level >= _NESTING - 1 and token.type in _HOLDERS for token in tokens):
        raise LetterError(
            _("The message has quotes or lists that are nested too deep."), todo=_("Remove some of the “>” or indents.")
        )
    for token in tokens:
        if token.children is not None:
            token.children = list(_links_checked(token.children))
        elif token.type in ("code_block", "fence"):
            # Otherwise text after the first fence would be hidden: `~~~ Thank you ~~~`.
            token.content = "\n".join(filter(None, (token.info.strip(), token.content)))
            token.info = ""
    return tokens


def check_letter(template: str, known: Collection[str] = tuple(PLACEHOLDERS)) -> None:
    """Raises LetterError if a template has a placeholder that is not `known`, or cannot be read by `read_letter`."""
    check_template(clean_lines(template), known)
    read_letter(template)


def _links_checked(tokens: "list[Token]") -> "Iterator[Token]":
    """Yield inline tokens. A forbidden link becomes its text and address."""
    from markdown_it.token import Token

    refused: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrs.get("href", ""))
            refused.append("" if _ALLOWED.fullmatch(address) else address or "–")
            if not refused[-1]:
                yield token
        elif token.type == "link_close":
            if shown := refused.pop():
                yield Token("text", "", 0, content=f" ({shown})")
            else:
                yield token
        else:
            yield token
