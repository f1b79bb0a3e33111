"""What can be wrong with a piece of SQL: a bound, a condition, an assignment, an order.

A condition or an assignment is not taken out but made to say nothing, so that the number of bound values stays right.
"""

import re
from collections.abc import Iterator

_IS_SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE FROM|WHERE|ORDER BY|ON CONFLICT)\b|\w IN \('")
_BOUND = {"<=": "<", ">=": ">", "<": "<=", ">": ">="}
_WHERE = re.compile(r"\b(?:WHERE|AND) (?!\d\b)(.+?)(?= AND\b| ORDER BY| LIMIT|$)")
_COMPARED = re.compile(r" (<=|>=|<|>) ")
_SET = re.compile(r"\bSET (.+?)(?= WHERE|$)")
_ASSIGNED = re.compile(r"(\w+) = ((?:[^,(]|\([^()]*(?:\([^()]*\)[^()]*)*\))+)")
_IN = re.compile(r"IN \(('[^)]*)\)")
_ORDER = re.compile(r"ORDER BY (.+?)(?= LIMIT|$)")


def is_sql(text: str) -> bool:
    return bool(_IS_SQL.search(text))


def changed(text: str) -> Iterator[tuple[str, str, str]]:
    """Each way to spoil it: the whole text, and the piece of it before and after."""
    for where, before, after in _pieces(text):
        yield text[:where] + after + text[where + len(before) :], before, after


def _pieces(text: str) -> Iterator[tuple[int, str, str]]:
    for found in _WHERE.finditer(text):
        start, condition = found.start(1), found[1].strip()
        yield start, condition, f"({condition} OR 1)"
        if compared := _COMPARED.search(condition):
            yield start, condition, condition[: compared.start(1)] + _BOUND[compared[1]] + condition[compared.end(1) :]
    for found in _SET.finditer(text):
        for part in _ASSIGNED.finditer(found[1]):
            column, value = part[1], part[2].strip()
            yield found.start(1) + part.start(), f"{column} = {value}", f"{column} = iif(1, {column}, {value})"
    for found in _IN.finditer(text):
        elements = found[1].split(", ")
        for left_out in elements:
            yield found.start(1), found[1], ", ".join(one for one in elements if one != left_out)
    for found in _ORDER.finditer(text):
        terms = found[1].split(", ")
        if len(terms) > 1:
            for number in range(len(terms)):
                yield found.start(1), found[1], ", ".join(terms[:number] + terms[number + 1 :])
        first = terms[0].split()[0]
        way = "ASC" if terms[0].endswith("DESC") else "DESC"
        yield found.start(1), terms[0], f"{first} {way}"
    for found in re.finditer(r"\b(min|max)\(", text):
        yield found.start(), found[0], "max(" if found[1] == "min" else "min("
    for found in re.finditer(r"INSERT OR IGNORE", text):
        yield found.start(), found[0], "INSERT OR REPLACE"
