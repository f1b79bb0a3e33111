"""Queries are built with Peewee on the models of `facturier/models/store/tables.py`. Plain SQL is allowed in a few
modules that explain at the top why they need it."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.whole.program import ROOT

# To remove a module from this list, convert its queries to Peewee. To add one, write “Plain SQL: …” with the reason in
# its docstring. A benchmark, or something that Peewee cannot express, is a reason.
PLAIN = {
    "facturier/models/issuing/number_runs.py",
    "facturier/models/listing/conditions.py",
    "facturier/models/listing/listing.py",
    "facturier/models/listing/totals.py",
    "facturier/models/outbox/handed_over.py",
    "facturier/models/reports/aging.py",
    "facturier/models/reports/drill.py",
    "facturier/models/reports/figures.py",
    "facturier/models/reports/foreign.py",
    "facturier/models/reports/payments.py",
    "facturier/models/reports/sales.py",
    "facturier/models/reports/tax_days.py",
    "facturier/models/store/schema/foreign_schema.py",
    "facturier/models/store/schema/migrations/__init__.py",  # and all migrations
    "facturier/models/store/schema/schema.py",
    "facturier/models/store/sqlite.py",
    "facturier/models/store/sqlite_errors.py",
    "facturier/models/store/store.py",
}

_STATEMENT = re.compile(
    r"\b(SELECT\s[\s\S]*\bFROM|SELECT\s+\S+\s+WHERE|INSERT\s+(OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE\s+\S+\s+SET"
    r"|DELETE\s+FROM|PRAGMA\s|(CREATE|DROP|ALTER)\s+(UNIQUE\s+|VIRTUAL\s+|TEMP\s+)?(TABLE|INDEX|TRIGGER|VIEW)"
    r"|VACUUM\b|ATTACH\s|ORDER\s+BY\s|GROUP\s+BY\s|IS\s+(NOT\s+)?NULL|INNER\s+JOIN|LEFT\s+JOIN)"
)
_RUN = {"execute_sql", "executemany", "executescript"}
_OF_STORE = {"rows", "row", "write", "insert", "write_many"}


def _texts(tree: ast.AST) -> Iterator[str]:
    """Return the string literals, without docstrings. For an f-string, return its literal parts as one text."""
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            skipped.update(parts)
            yield " x ".join(str(part.value) for part in parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield node.value


def _runs_plain(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value
            name = on.id if isinstance(on, ast.Name) else on.attr if isinstance(on, ast.Attribute) else ""
            if node.func.attr in _RUN or (node.func.attr in _OF_STORE and name.lower().endswith("store")):
                return True
    return False


def has_plain_sql(source: str) -> bool:
    tree = ast.parse(source)
    return _runs_plain(tree) or any(_STATEMENT.search(text) for text in _texts(tree))


@pytest.mark.parametrize(
    "source",
    [
        'found = store.rows("SELECT id FROM invoice")',
        "self._store.write(sql, 3)",
        'COLUMNS = f"SELECT {names} FROM delivery"',
        "database.execute_sql(words)",
        'CONDITION = "dealt IS NULL AND kind = ?"',
        'x = peewee.SQL("DELETE FROM line")',
    ],
)
def test_plain_sql_is_detected(source: str) -> None:
    assert has_plain_sql(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""SELECT id FROM invoice is what this does."""',
        "store.all(tables.Item.select(tables.Item.name))",
        'title = _("Select an invoice from the list")',
        "grid.insert(1, row)",
        'file.write("text")',
    ],
)
def test_other_code_is_not_detected(source: str) -> None:
    assert not has_plain_sql(source)


def test_plain_sql_is_only_in_listed_modules() -> None:
    found = set()
    for path in (ROOT / "facturier").rglob("*.py"):
        if has_plain_sql(path.read_text(encoding="utf-8")):
            listed = path.with_name("__init__.py") if path.parent.name == "migrations" else path
            found.add(listed.relative_to(ROOT).as_posix())
    assert found == PLAIN


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_a_module_with_plain_sql_says_why(name: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / name).read_text(encoding="utf-8"))) or ""
    assert "Plain SQL:" in said
