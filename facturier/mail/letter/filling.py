"""Fill a template with the values of an invoice, and keep the result true when a value changes later.

A template becomes the text that the bookkeeper reads, edits and sends. From then on the text is literal: `{total}` in
it is `{total}`. If the invoice gets another number before it is sent, the number in the text follows wherever it is
still there as it was filled in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import quote

from facturier.mail.letter.placeholders import PLACEHOLDER, PLACEHOLDERS
from facturier.models.outbox.composition import Filled

# Characters of a value that Markdown could read as its own, wherever the value is.
_MARKUP = re.compile(r"[\\`*<]|(?<![^\W_])_|_(?![^\W_])|\](?=\()|&(?=#?\w+;)|#+$")
_MARKS = re.compile(r"[ \t>*+#-]*(?:\d{1,9}[.)][ \t]*)?")  # list, heading and quote marks before a value
_NUMBERED = re.compile(r"\d{1,9}[.)]")
_ADDRESS = re.compile(r"\]\([^\s()]*$")  # inside the address of a link
_IN_LABEL = re.compile(r"[^\[\]\n]*\]\(")
_TOKEN = re.compile(r"\w+|\W")
_MOST = 2_000  # tokens to compare; in a longer change nothing is found again


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value is in a text."""

    name: str
    start: int
    end: int


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return plain text such as a subject with its placeholders filled. Unknown placeholders stay as they are.

    Values are inserted unchanged and are not searched for placeholders.
    """
    return _filled(template, values, markdown=False)[0]


def fill_markdown(template: str, values: Mapping[str, str]) -> str:
    """Like `fill`, for Markdown: a value is escaped where Markdown would read it, so a customer named `**x**` is shown
    like that. In the address of a link, a value is percent-encoded unless it is the whole address."""
    return _filled(template, values, markdown=True)[0]


def filled_text(filled: Filled, *, markdown: bool) -> str:
    """Return the text as it was filled in, before anybody edited it."""
    return _filled(filled.template, filled.values, markdown=markdown)[0]


def filled_from(template: str, values: Mapping[str, str]) -> Filled:
    """Return what a text was filled in from; of the values only those that the template uses."""
    names = dict.fromkeys(match[1] for match in PLACEHOLDER.finditer(template))
    return Filled(template, {name: values[name] for name in names if name in values})


def follow(text: str, filled: Filled, values: Mapping[str, str], *, markdown: bool = False) -> tuple[str, Filled]:
    """Return the text with the values of now, and what it is filled in from then.

    A value is replaced where the text still has it as it was filled in. The old value of one that was edited away stays
    in the result, unless the text has the new one: see `stale`.
    """
    now = filled_from(filled.template, values)
    if not filled.values or now == filled:  # not filled in yet, or nothing has changed
        return (text if now == filled else _filled(now.template, now.values, markdown=markdown)[0]), now
    before, places = _filled(filled.template, filled.values, markdown=markdown)
    after, new_places = _filled(now.template, now.values, markdown=markdown)
    if text == before:
        return after, now
    found = _found_again(before, text, places)
    kept = dict(now.values)
    for place, new in reversed(list(zip(places, new_places, strict=True))):
        value, at = after[new.start : new.end], found.get(place.start)
        if at is not None:
            text = text[:at] + value + text[at + place.end - place.start :]
    for place, new in zip(places, new_places, strict=True):
        if place.start not in found and after[new.start : new.end] not in text:
            kept[place.name] = filled.values.get(place.name, "")
    return text, Filled(now.template, kept)


def stale(filled: Filled, values: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return what has changed and was edited away, so that `follow` could not replace it: name, old and new value."""
    now = filled_from(filled.template, values).values
    return tuple((name, old, now[name]) for name, old in filled.values.items() if name in now and old != now[name])


def _filled(template: str, values: Mapping[str, str], *, markdown: bool) -> tuple[str, list[_Place]]:
    parts: list[str] = []
    places: list[_Place] = []
    length = done = 0
    for match in PLACEHOLDER.finditer(template):
        if match[1] not in PLACEHOLDERS and match[1] not in values:
            continue
        value = values.get(match[1], "")
        if markdown:
            value = _escaped(value, template[: match.start()], template[match.end() :])
        between = template[done : match.start()]
        length += len(between)
        places.append(_Place(match[1], length, length + len(value)))
        parts += [between, value]
        length += len(value)
        done = match.end()
    return "".join([*parts, template[done:]]), places


def _escaped(value: str, before: str, after: str) -> str:
    """Return the value as Markdown reads it back, between these parts of the template."""
    line = before.rpartition("\n")[2]
    if address := _ADDRESS.search(line):
        if address[0] == "](" and after.startswith(")"):
            return re.sub(r"[\\()<>&*_`]", r"\\\g<0>", value)
        return quote(value, safe="@" if address[0].lower().startswith("](mailto:") else "")
    if line.count("`") % 2:  # in a code span nothing can be escaped
        return value.replace("`", "'")
    escaped = _MARKUP.sub(r"\\\g<0>", value)
    if _IN_LABEL.match(after):
        escaped = re.sub(r"(?<!\\)[\[\]]", r"\\\g<0>", escaped)
    elif escaped.endswith("]") and after.startswith("("):
        escaped = f"{escaped[:-1]}\\]"
    if _MARKS.fullmatch(line):
        if number := _NUMBERED.match(escaped):
            escaped = f"{number[0][:-1]}\\{escaped[number.end() - 1 :]}"
        elif escaped[:1] in tuple("#>+=~-"):
            escaped = f"\\{escaped}"
    return escaped


def _found_again(before: str, text: str, places: list[_Place]) -> dict[int, int]:
    """Return where the places of `before` are in the edited text, by their start; without those that were edited."""
    found: dict[int, int] = {}
    for old, new, length in _equal_parts(before, text):
        for place in places:
            if old <= place.start and place.end <= old + length:
                found[place.start] = place.start - old + new
    return found


def _equal_parts(before: str, text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the parts that are equal in both, as their starts and their length in characters. Most edits are in one
    place, so what is equal at both ends is set aside first."""
    one, two = (_TOKEN.findall(side) for side in (before, text))
    head = _common(one, two)
    tail = _common(one[head:][::-1], two[head:][::-1])
    starts = [_starts(one), _starts(two)]
    blocks = [(0, 0, head), (len(one) - tail, len(two) - tail, tail)]
    middle = one[head : len(one) - tail], two[head : len(two) - tail]
    if len(middle[0]) + len(middle[1]) <= _MOST:
        matcher = SequenceMatcher(None, *middle, autojunk=False)
        blocks += [(head + block.a, head + block.b, block.size) for block in matcher.get_matching_blocks()]
    for old, new, size in blocks:
        yield starts[0][old], starts[1][new], starts[0][old + size] - starts[0][old]


def _common(one: list[str], two: list[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _starts(tokens: list[str]) -> list[int]:
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token))
    return starts
