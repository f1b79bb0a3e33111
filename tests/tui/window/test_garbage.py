"""Garbage is collected while nobody types."""

import gc
from time import monotonic

import pytest

from facturier.tui.terminal.type_ahead import TypeAhead
from facturier.tui.window.garbage import GarbageWatch


class Program(TypeAhead, inherit_bindings=False):
    def can_show_errors(self) -> bool:
        return False

    def handle_error(self, error: Exception) -> None:
        raise error


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, where no garbage is really looked for."""
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: done.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(gc, "get_count", lambda: (5_000, 0, 0))
    return done


async def test_garbage_is_collected_only_while_nobody_types(
    collected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Program()
    async with app.run_test() as pilot:
        watch = GarbageWatch(app)
        await pilot.press("x")
        assert monotonic() - app.key_time < 60
        app.key_time = monotonic() + 60  # a key just now, on a machine of any speed
        watch.look()
        assert collected == []
        app.key_time = 0
        watch.leave_out_modules()
        watch.look()
        watch.look()
        assert collected == ["collect", "freeze", "collect"]
        monkeypatch.setattr(gc, "get_count", lambda: (100, 0, 0))  # a quiet program
        watch.look()
        assert collected == ["collect", "freeze", "collect"]
