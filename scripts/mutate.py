"""Mutation testing of the delivery engine: `make mutate`.

    python scripts/mutate.py [--report] [NAME ...]

Runs mutmut, which makes one small change at a time and runs the tests that cover it. The files of the engine are listed
under `[tool.mutmut]` in pyproject.toml. This script teaches mutmut to change SQL, and not to change texts for the user.
NAME is the name of a mutant and may contain wildcards: `"*outbox.schedule*"`. `--report` shows the results so far and
runs nothing. Exits with 1 if a change survives that mutants.toml does not explain.
"""

import argparse
import os
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from mutmut.__main__ import cli
from mutmut.mutation import mutators
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.mutation.file_mutation import NEVER_MUTATE_FUNCTION_CALLS
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import orig_function_and_class_names_from_key

ROOT = Path(__file__).parent.parent.resolve()
EXPLAINED = Path(__file__).with_name("mutants.toml")

_IS_SQL = re.compile(
    r"\b(SELECT|INSERT|UPDATE|DELETE FROM|JOIN|WHERE|ORDER BY|ON CONFLICT)\b|^ (AND|OR) |\w IN \('|= \?"
)
_BOUND = {"<=": "<", ">=": ">", "<": "<=", ">": ">="}
_WHERE = re.compile(r"\b(?:WHERE|AND) (?!\d\b)(.+?)(?= AND\b| ORDER BY| LIMIT|$)")
_COMPARED = re.compile(r" (<=|>=|<|>) ")
_SET = re.compile(r"\bSET (.+?)(?= WHERE|$)")
_ASSIGNED = re.compile(r"(\w+) = ((?:[^,(]|\([^()]*(?:\([^()]*\)[^()]*)*\))+)")
_IN = re.compile(r"IN \(('[^)]*)\)")
_ORDER = re.compile(r"ORDER BY (.+?)(?= LIMIT|$)")
_WORDS = m.Call(func=m.Name("_") | m.Name("ngettext") | m.Attribute(attr=m.Name("format"), value=m.Call(m.Name("_"))))


def changed_sql(text: str) -> Iterator[str]:
    """Yield every mutation of a piece of SQL: of a bound, a condition, an assignment or an order. Conditions and
    assignments are disabled instead of removed, so that the number of bound values stays the same."""
    for at, before, after in _pieces(text):
        yield text[:at] + after + text[at + len(before) :]


def _pieces(text: str) -> Iterator[tuple[int, str, str]]:
    for found in _WHERE.finditer(text):
        start, condition = found.start(1), found[1].strip()
        if condition.count("(") != condition.count(")"):
            continue  # the condition continues in another string
        yield start, condition, f"({condition} OR 1)"
        if compared := _COMPARED.search(condition):
            yield start + compared.start(1), compared[1], _BOUND[compared[1]]
    for found in _SET.finditer(text):
        for part in _ASSIGNED.finditer(found[1]):
            column, value = part[1], part[2].strip()
            yield found.start(1) + part.start(), f"{column} = {value}", f"{column} = iif(1, {column}, {value})"
    for found in _IN.finditer(text):
        for element in (elements := found[1].split(", ")) if "," in found[1] else ():
            yield found.start(1), found[1], ", ".join(one for one in elements if one != element)
    for found in _ORDER.finditer(text):
        terms = found[1].split(", ")
        for term in terms if len(terms) > 1 else ():
            yield found.start(1), found[1], ", ".join(one for one in terms if one != term)
        first = terms[0].split()[0]
        yield found.start(1), terms[0], f"{first} {'ASC' if terms[0].endswith('DESC') else 'DESC'}"
    for found in re.finditer(r"\b(min|max)\(", text):
        yield found.start(), found[0], "max(" if found[1] == "min" else "min("
    for found in re.finditer(r"INSERT OR IGNORE", text):
        yield found.start(), found[0], "INSERT OR REPLACE"


def _change_string(node: cst.SimpleString) -> Iterator[cst.SimpleString]:
    if not _IS_SQL.search(node.raw_value):
        yield from mutators.operator_string(node)  # type: ignore[misc]
        return
    for text in changed_sql(node.raw_value):
        yield node.with_changes(value=f"{node.prefix}{node.quote}{text}{node.quote}")


def _change_part(node: cst.FormattedStringText) -> Iterator[cst.FormattedStringText]:
    for text in changed_sql(node.value) if _IS_SQL.search(node.value) else ():
        yield node.with_changes(value=text)


def _change_arguments(node: cst.Call) -> Iterator[cst.Call]:
    for changed in mutators.operator_arg_removal(node):
        gone = [one for one in node.args if one not in changed.args]
        if not any(m.matches(one.value, _WORDS) for one in gone):
            yield changed


def teach() -> None:
    """Register our mutations of strings and arguments with mutmut."""
    ours = {mutators.operator_arg_removal: _change_arguments}
    others = [
        (kind, ours.get(change, change)) for kind, change in mutators.mutation_operators if kind != cst.BaseString
    ]
    mutators.mutation_operators[:] = [
        *others,
        (cst.SimpleString, _change_string),
        (cst.FormattedStringText, _change_part),
    ]
    NEVER_MUTATE_FUNCTION_CALLS.update({"_", "ngettext"})


def report(complete: bool) -> bool:
    """Print the results and the survivors. Return whether all survivors are explained."""
    groups = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("group", [])
    explained = {change for group in groups for change in group["changes"]}
    survivors: dict[str, str] = {}
    total: Counter[str] = Counter()
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        count = Counter(status_by_exit_code[code] for code in data.exit_code_by_key.values())
        total += count
        print(f"{path!s:46}", ", ".join(f"{number} {status}" for status, number in sorted(count.items())))
        for name, code in data.exit_code_by_key.items():
            if status_by_exit_code[code] not in ("killed", "timeout", "not checked"):
                survivors[name] = change_of(name, path)
    print(f"{'all':46}", ", ".join(f"{number} {status}" for status, number in sorted(total.items())))
    unexplained = {name: change for name, change in survivors.items() if change not in explained}
    stale = sorted(explained - set(survivors.values())) if complete and not total["not checked"] else []
    for title, lines in (
        ("Survived, and not explained:", [f"{name}\n      {change}" for name, change in unexplained.items()]),
        ("Explained, but killed or gone:", stale),
    ):
        if lines:
            print(f"\n{title}", *lines, sep="\n  ")
    return not (unexplained or stale)


def change_of(name: str, path: Path) -> str:
    """Describe a change by its function, the line before and the line after, so that the description does not change
    when other mutants are added."""
    function, owner = orig_function_and_class_names_from_key(name)
    lines = get_diff_for_mutant(name, path=path).splitlines()[3:]
    before, after = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    module = str(path.with_suffix("")).replace("/", ".")
    return f"{module} {f'{owner}.' if owner else ''}{function.rpartition('.')[2]}: {before}  →  {after}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="mutate", description="Mutation testing of the delivery engine.")
    parser.add_argument("--report", action="store_true", help="run nothing: show the results so far")
    parser.add_argument("--workers", default="1", help="how many mutants to try at a time")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the mutants to try again")
    chosen = parser.parse_args(arguments)
    os.chdir(ROOT)
    teach()
    if not chosen.report:
        with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
            os.environ["TMPDIR"] = tempfile.tempdir = folder
            cli.main(["run", "--max-children", chosen.workers, *chosen.names], standalone_mode=False)
    return 0 if report(complete=not chosen.names) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
