"""Check that an SVG logo contains only shapes, gradients, clipping and text, in reasonable numbers.

In a few lines, filters, patterns and nested pictures can cost any amount of time and memory. So can `use`, masks and
clipping paths that refer to others, so each reference counts as a copy of its target.
"""

import re
from functools import cached_property
from typing import NamedTuple
from xml.parsers import expat

from facturier.models.text.i18n import _

_SVG = "http://www.w3.org/2000/svg"
# Allowed elements of SVG 1.1 and 2. Elements in other namespaces, such as Inkscape's, are not drawn.
_ALLOWED = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "title",
        "desc",
        "metadata",
        "style",
        "switch",
        "a",
        "view",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "marker",
        "text",
        "tspan",
        "textPath",
        "tref",
    ]
)
_MOST_ELEMENTS = 20_000
_MOST_COPIES = 200_000
_DEEPEST = 64
# Old drawing programs declare namespace names as entities.
_MOST_ENTITIES, _LONGEST_ENTITY = 64, 200
_FILTER = re.compile(r"filter\s*:(?!\s*none)")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)")


class _Refused(Exception):
    """The logo is refused. `args[0]` is the reason."""


class _Element(NamedTuple):
    """One element of the picture.

    `parent` is the index of its parent in the list of elements, -1 for none. `references` are the ids that it refers
    to.
    """

    id: str
    parent: int
    references: tuple[str, ...]


def svg_problem(picture: bytes) -> str:
    """Return the reason why the picture cannot be a logo, as the end of a sentence, or an empty text if it can."""
    try:
        elements = _Reader().read(picture)
        if _copies(elements) > _MOST_COPIES:
            raise _Refused(_("it repeats its parts too many times"))
    except _Refused as refused:
        return str(refused)
    except (expat.ExpatError, ValueError, LookupError):
        return _("it is not well-formed SVG")
    return ""


class _Reader:
    """Parses the elements and refuses everything that a logo does not need."""

    def __init__(self) -> None:
        self._elements: list[_Element] = []
        self._open: list[int] = []
        self._style: list[str] = []
        self._in_style = False
        self._entities = 0

    @cached_property
    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity
        return parser

    def read(self, picture: bytes) -> list[_Element]:
        self._parser.Parse(picture, True)
        # CSS selectors are not matched: all references in a style sheet count for the whole picture.
        style = "".join(self._style)
        _check_filter(style)
        references = tuple(_REFERENCE.findall(style))
        if references:
            self._elements.append(_Element("", 0, references))
        return self._elements

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _space, name = tag.rpartition(" ")
        if namespace == _SVG and name not in _ALLOWED:
            raise _not_allowed(name)
        if len(self._open) >= _DEEPEST:
            raise _Refused(_("its elements are nested too deep"))
        if len(self._elements) >= _MOST_ELEMENTS:
            raise _Refused(_("it has more than {most} elements").format(most=_MOST_ELEMENTS))
        if attributes.get("filter", "none") != "none":
            raise _not_allowed("filter")
        _check_filter(attributes.get("style", ""))
        self._in_style = name == "style"
        references = [found for value in attributes.values() for found in _REFERENCE.findall(value)]
        references += [
            value.removeprefix("#")
            for attribute, value in attributes.items()
            if attribute.rpartition(" ")[2] == "href" and name != "a" and value.startswith("#")
        ]
        parent = self._open[-1] if self._open else -1
        self._open.append(len(self._elements))
        self._elements.append(_Element(attributes.get("id", ""), parent, tuple(references)))

    def _end(self, _tag: str) -> None:
        self._open.pop()
        self._in_style = False

    def _text(self, text: str) -> None:
        if self._in_style:
            self._style.append(text)

    def _entity(self, _name: str, _parameter: bool, value: str | None, *_more: object) -> None:
        self._entities += 1
        if value is None or "&" in value or len(value) > _LONGEST_ENTITY or self._entities > _MOST_ENTITIES:
            raise _Refused(_("it declares entities"))


def _check_filter(style: str) -> None:
    if _FILTER.search(style):
        raise _not_allowed("filter")


def _not_allowed(name: str) -> _Refused:
    return _Refused(_("it contains “{element}”, which is not allowed in a logo").format(element=name[:40]))


def _copies(elements: list[_Element]) -> int:
    """Return the number of elements to draw if each reference is a copy.

    Raises _Refused if a reference leads to itself.
    """
    children: dict[int, list[int]] = {}
    for at, element in enumerate(elements):
        children.setdefault(element.parent, []).append(at)
    by_id = {element.id: at for at, element in reversed(list(enumerate(elements))) if element.id}
    sizes: dict[int, int] = {}
    waiting: set[int] = set()
    todo = [0]
    while todo:
        at = todo[-1]
        needed = [*children.get(at, ()), *(by_id[name] for name in elements[at].references if name in by_id)]
        missing = [other for other in needed if other not in sizes]
        if not missing:
            sizes[at] = 1 + sum(sizes[other] for other in needed)
            waiting.discard(at)
            todo.pop()
        elif at in waiting:
            raise _Refused(_("it refers to itself"))
        else:
            waiting.add(at)
            todo.extend(missing)
    return sizes[0]
