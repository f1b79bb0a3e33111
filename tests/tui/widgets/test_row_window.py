"""The window of rows in a long list, compared with a simple list that does the same."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.tui.widgets.rows.row_window import RowWindow


@dataclass(frozen=True)
class Number:
    id: int
    version: int = 0


class Numbers:
    """A source of numbers that counts the rows that are read. The rows in `gone` can still be found by id."""

    def __init__(self, count: int) -> None:
        self.all = [Number(id_) for id_ in range(count)]
        self.hidden: set[int] = set()
        self.read = 0

    @property
    def shown(self) -> list[Number]:
        return [row for row in self.all if row.id not in self.hidden]

    def first(self, limit: int) -> list[Number]:
        return self._counted(self.shown[:limit])

    def last(self, limit: int) -> list[Number]:
        return self._counted(self.shown[-limit:])

    def after(self, row_id: int, limit: int, /) -> list[Number]:
        return self._counted([row for row in self.shown if row.id > row_id][:limit])

    def before(self, row_id: int, limit: int, /) -> list[Number]:
        return self._counted([row for row in self.shown if row.id < row_id][-limit:] if limit else [])

    def rows(self, ids: tuple[int, ...], /) -> list[Number]:
        return self._counted([row for row in self.shown if row.id in ids])

    def _counted(self, rows: list[Number]) -> list[Number]:
        self.read += len(rows)
        return rows


def ids(window: RowWindow[Number]) -> list[int]:
    return [row.id for row in window.rows]


_MOVES = st.sampled_from(
    [
        "down",
        "up",
        "page_down",
        "page_up",
        "half_down",
        "half_up",
        "home",
        "end",
        "wheel",
        "back",
        "hide",
        "smaller",
        "larger",
    ]
)


@given(st.integers(0, 60), st.integers(1, 12), st.lists(_MOVES, max_size=40))
@settings(max_examples=80)
def test_any_moves_keep_a_gapless_view_with_the_cursor_in_it(count: int, height: int, moves: list[str]) -> None:
    source = Numbers(count)
    window = RowWindow(source)
    window.resize(height)
    for move in moves:
        before = window.chosen
        match move:
            case "wheel":
                window.scroll(3)
            case "back":
                window.scroll(-3)
            case "hide":
                if before is not None:
                    source.hidden.add(before.id)
                window.reload()
            case "smaller":
                window.resize(max(window.height - 2, 1))
            case "larger":
                window.resize(window.height + 3)
            case _:
                getattr(window, move)()
        shown = [row.id for row in source.shown]
        if not shown:
            assert ids(window) == []
            continue
        start = shown.index(window.rows[0].id)
        assert ids(window) == shown[start : start + len(window.rows)]
        assert len(window.rows) == min(window.height, len(shown))
        assert 0 <= window.cursor < len(window.rows)
        chosen = window.chosen
        assert chosen is not None
        if before is not None and move == "down":
            assert chosen.id == next((id_ for id_ in shown if id_ > before.id), before.id)
        if before is not None and move == "up":
            assert chosen.id == next((id_ for id_ in reversed(shown) if id_ < before.id), before.id)
        if before is not None and move in ("smaller", "larger"):
            assert chosen.id == before.id


def test_walking_down_a_long_list_reads_each_row_about_once() -> None:
    source = Numbers(10_000)
    window = RowWindow(source)
    window.resize(20)
    for _step in range(1_000):
        window.down()
    assert window.chosen == Number(1_000)
    assert source.read < 1_200


def test_new_rows_at_the_top_are_shown_and_the_cursor_stays_on_its_row() -> None:
    source = Numbers(50)
    window = RowWindow(source)
    window.resize(10)
    window.down()
    source.all.insert(0, Number(-1))
    window.reload()
    assert ids(window)[:2] == [-1, 0]
    assert window.chosen == Number(1)


def test_a_change_above_the_view_moves_neither_view_nor_cursor() -> None:
    source = Numbers(100)
    window = RowWindow(source)
    window.resize(10)
    for _step in range(40):
        window.down()
    view, cursor = ids(window), window.cursor
    source.all.insert(0, Number(-1))
    source.hidden.add(3)
    window.reload()
    assert (ids(window), window.cursor) == (view, cursor)


def test_a_held_row_stays_until_the_cursor_moves() -> None:
    source, among = Numbers(50), Numbers(50)
    window = RowWindow(source)
    window.resize(10)
    for _step in range(25):
        window.down()
    view, cursor = ids(window), window.cursor
    window.hold(among)
    source.hidden.add(25)
    window.reload()
    assert (ids(window), window.cursor, window.release()) == (view, cursor, False)
    among.all[25] = Number(25, version=1)
    window.reload()
    assert window.chosen == Number(25, version=1)
    window.resize(4)
    assert window.chosen == Number(25, version=1)
    window.down()
    assert window.release()
    window.reload()
    assert window.chosen == Number(26)
    assert 25 not in ids(window)
    source.hidden.add(26)
    window.reload()
    assert window.chosen == Number(27)  # no row is held any more


def test_a_held_row_disappears_once_it_is_deleted() -> None:
    source, among = Numbers(3), Numbers(3)
    window = RowWindow(source)
    window.resize(10)
    window.hold(among)
    source.hidden.add(0)
    among.hidden.add(0)
    window.reload()
    assert (ids(window), window.chosen) == ([1, 2], Number(1))
