"""The Peewee models match the schema that the migrations create, and every query follows their conversion rules."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import peewee
import pysqlite3 as sqlite3
import pytest

from facturier.models.books.invoice import Item
from facturier.models.books.status import State
from facturier.models.errors import DamagedRow
from facturier.models.items.items import find_items, save_item
from facturier.models.store import tables
from facturier.models.store.backups.last_entry import entry_bytes, last_entry
from facturier.models.store.fields import Choice, Day, Instant
from facturier.models.store.opening import open_company
from facturier.models.store.prepared import Prepared, slot, slots
from facturier.models.store.store import Store
from tests.models.making import new_company
from tests.models.released import released_company

MODELS: list[Any] = tables.Table.__subclasses__()
# Tables without a model: the search index with FTS5's own tables, and internal tables of Peewee and SQLite.
OTHERS = {"found", "found_config", "found_data", "found_docsize", "found_idx", "schema_migration", "sqlite_sequence"}


class Column(NamedTuple):
    name: str
    kind: str
    null: bool
    key: int  # its position in the primary key, 0 for none
    generated: bool


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = new_company(tmp_path / "new.facturier")
    with made.reading():
        yield made


def _in_file(store: Store, table: str) -> list[Column]:
    return [
        # SQLite accepts NULL for a rowid and assigns a number.
        Column(name, kind, not notnull and not key, key, hidden in (2, 3))
        for _cid, name, kind, notnull, _default, key, hidden in store.rows(f"PRAGMA table_xinfo({table})")
    ]


def _in_model(store: Store, model: Any) -> list[Column]:
    meta = model._meta
    keys = [field.name for field in meta.get_primary_keys()]
    context = store.database.get_sql_context()
    return [
        Column(
            field.column_name,
            field.ddl_datatype(context).sql.split(" ")[0],
            field.null,
            keys.index(field.name) + 1 if field.name in keys else 0,
            field.name in meta.generated,
        )
        for field in meta.sorted_fields
    ]


def test_every_table_has_a_model(store: Store) -> None:
    found = {name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert found - OTHERS == {model._meta.table_name for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.__name__))
def test_a_model_has_the_columns_of_its_table(store: Store, model: Any) -> None:
    assert sorted(_in_model(store, model)) == sorted(_in_file(store, model._meta.table_name))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.__name__))
def test_a_model_has_the_references_of_its_table(store: Store, model: Any) -> None:
    found = {
        (column, table, on_delete)
        for _id, _seq, table, column, _to, _on_update, on_delete, _match in store.rows(
            f"PRAGMA foreign_key_list({model._meta.table_name})"
        )
    }
    fields = [field for field in model._meta.sorted_fields if isinstance(field, peewee.ForeignKeyField)]
    assert found == {
        (field.column_name, field.rel_model._meta.table_name, field.on_delete or "NO ACTION") for field in fields
    }
    assert not any(field.lazy_load for field in fields)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.__name__))
def test_a_model_has_the_options_of_its_table(store: Store, model: Any) -> None:
    ((without_rowid, strict),) = store.rows(
        "SELECT wr, strict FROM pragma_table_list(?) WHERE schema = 'main'", model._meta.table_name
    )
    assert (bool(without_rowid), bool(strict)) == (bool(model._meta.without_rowid), bool(model._meta.strict_tables))
    unique = {
        column
        for _seq, name, is_unique, origin, _partial in store.rows(f"PRAGMA index_list({model._meta.table_name})")
        if is_unique and origin == "u"
        for _n, _cid, column in store.rows(f"PRAGMA index_info({name})")
    }
    assert unique == {field.column_name for field in model._meta.sorted_fields if field.unique}


def test_every_column_of_a_real_file_is_converted_by_its_type(tmp_path: Path) -> None:
    """The file of version 0.1.0 has an invoice and a delivery in every state."""
    store = open_company(released_company(tmp_path))
    for model in MODELS:
        count = store.rows(f"SELECT count(*) FROM {model._meta.table_name}")[0][0]
        fields = model._meta.sorted_fields
        rows = store.all(model.select(*fields))
        assert len(rows) == count
        for row in rows:
            for field, value in zip(fields, row, strict=True):
                if value is None:
                    assert field.null or field.empty
                elif isinstance(field, Choice):
                    assert type(value) is field.kind
                elif isinstance(field, Day):
                    assert type(value) is (datetime if isinstance(field, Instant) else date)
    assert store.damaged == {}


def test_the_bytes_of_a_journal_entry_never_change(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path))
    entries = store.rows("SELECT id, hex(at || user || kind || detail) FROM journal ORDER BY id")
    assert [(entry, entry_bytes(store, entry)) for entry, _said in entries] == entries
    assert last_entry(store) == entries[-1][0]
    assert entry_bytes(store, last_entry(store) + 1) == ""


def test_model_rows_are_never_instantiated(store: Store) -> None:
    save_item(store, Item("Scarf"))
    with pytest.raises(RuntimeError):
        store.all(tables.Item.select().objects())
    assert store.all(tables.Item.select(tables.Item.name)) == [("Scarf",)]


def test_text_is_cleaned_in_every_query(store: Store) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute(
            "INSERT INTO item (name, description, rate, tax, folded)"
            " VALUES ('Sc\x1barf', CAST(x'41ff42' AS TEXT), '1', '', 'scarf')"
        )
    item = tables.Item
    expected = [("Scarf", "A\ufffdB", "Scarf/A\ufffdB")]
    both = item.name.concat("/").concat(item.description)
    assert store.all(item.select(item.name, item.description, both)) == expected
    assert store.rows("SELECT name, description, name || '/' || description FROM item") == expected
    assert find_items(store, "scarf") == [Item("Scarf", "A\ufffdB", "1", "")]


def test_text_is_cleaned_in_every_write(store: Store) -> None:
    item = tables.Item
    one = Prepared(lambda: item.insert(slots(item.name, item.description, item.rate, item.tax, item.folded)))
    rest = {"rate": "", "tax": "", "folded": ""}
    with store.writing():
        store.run(item.insert(name="a\u200b", description="\x1b1", **rest))
        store.run(one(name="b\u200b", description="\x1b2", **rest))
        store.run_many(one, [{"name": "c\u200b", "description": "\x1b3", **rest}])
        store.run(item.update(tax="\x1bT").where(item.name == "a"))
        store.write("INSERT INTO item (name, description, rate, tax, folded) VALUES (?, '4', '', '', '')", "d\u200b")
    found = store.rows("SELECT hex(name), description, tax FROM item ORDER BY name")
    assert found == [("61", "1", "T"), ("62", "2", ""), ("63", "3", ""), ("64", "4", "")]


def test_a_damaged_row_affects_only_itself(store: Store) -> None:
    with store.writing():
        for sender, until in (
            ("a", "2026-11-24T12:00:00+00:00"),
            ("b", "tomorrow"),
            ("c", "2026-11-24T13:00:00+00:00"),
        ):
            store.write("INSERT INTO pause VALUES (?, ?, '')", sender, until)
    pause = tables.Pause
    query = pause.select(pause.sender, pause.until).order_by(pause.sender)
    assert store.all(query) == [
        ("a", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("c", datetime(2026, 11, 24, 13, tzinfo=UTC)),
    ]
    (error,) = store.damaged.values()
    assert "Row b of “pause”" in error.happened
    with pytest.raises(DamagedRow, match="Row b of “pause”"):
        store.whole(query)
    assert store.whole(query.where(pause.sender == "a")) == [("a", datetime(2026, 11, 24, 12, tzinfo=UTC))]
    with pytest.raises(DamagedRow):
        store.first(query.where(pause.sender == "b"))
    assert store.first(query.where(pause.sender == "d")) is None


def test_a_value_of_another_type_is_not_written(store: Store) -> None:
    with pytest.raises(ValueError, match="nonsense"), store.writing():
        store.run(tables.Delivery.update(state="nonsense"))
    with pytest.raises(AttributeError), store.writing():
        store.run(tables.Delivery.update(not_before="2026-11-24"))


def test_a_prepared_query_equals_one_that_is_built_each_time(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path))
    delivery = tables.Delivery
    columns = (delivery.id, delivery.state, delivery.not_before)

    def built(state: State, limit: int) -> Any:
        return delivery.select(*columns).where(delivery.state == state).order_by(delivery.id).limit(limit)

    prepared = Prepared(
        lambda: (
            delivery.select(*columns)
            .where(delivery.state == slot(delivery.state))
            .order_by(delivery.id)
            .limit(slot(delivery.id, "limit"))
        )
    )
    for state in State:
        assert store.all(prepared(state=state, limit=1)) == store.all(built(state, 1))
    assert store.all(prepared(state=State.SENT, limit=9)) == store.all(built(State.SENT, 9)) != []
    with pytest.raises(KeyError):
        store.all(prepared(state=State.SENT))
