"""Damaged personal files lose their own content, and nothing else."""

import fcntl
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from facturier.models.company.recent import recent_companies, remember_company, spoilt_list
from facturier.models.company.user import (
    Preferences,
    change_preferences,
    read_preferences,
    save_preferences,
    spoilt_preferences,
)
from facturier.models.store.opening import create_company

SPOILT: dict[str, Callable[[Path], object]] = {
    "nothing": lambda path: path.write_bytes(b""),
    "no text": lambda path: path.write_bytes(bytes(range(256))),
    "something else": lambda path: path.write_bytes(b"5"),
    "too deep": lambda path: path.write_bytes(b"[" * 100_000),
    "too long": lambda path: path.write_bytes(b" " * (2 << 20)),
    "folder": lambda path: path.mkdir(),
    "pipe": lambda path: os.mkfifo(path),
    "link to itself": lambda path: path.symlink_to(path),
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("way", SPOILT)
def test_preferences(tmp_path: Path, way: str) -> None:
    SPOILT[way](tmp_path / "preferences.json")
    assert read_preferences(tmp_path) == Preferences()
    assert "Cannot read" in spoilt_preferences(tmp_path)


@pytest.mark.parametrize("way", SPOILT)
def test_companies(tmp_path: Path, way: str) -> None:
    SPOILT[way](tmp_path / "companies.json")
    assert recent_companies(tmp_path) == []
    assert "Cannot read" in spoilt_list(tmp_path)


def test_one_bad_entry_affects_only_itself(tmp_path: Path) -> None:
    create_company(tmp_path / "a.facturier")
    (tmp_path / "companies.json").write_text(f'["\\u0000", 5, null, {{}}, "{tmp_path}/a.facturier"]')
    (tmp_path / "preferences.json").write_text('{"language": {}, "line": "slow", "later": 1}')
    assert recent_companies(tmp_path) == [tmp_path / "a.facturier"]
    assert read_preferences(tmp_path) == Preferences(line="slow")
    assert (spoilt_list(tmp_path), spoilt_preferences(tmp_path)) == ("", "")


def test_valid_files_are_not_called_damaged(tmp_path: Path) -> None:
    assert (spoilt_list(tmp_path), spoilt_preferences(tmp_path)) == ("", "")
    save_preferences(tmp_path, Preferences("fr", "slow"))
    assert (read_preferences(tmp_path), spoilt_preferences(tmp_path)) == (Preferences("fr", "slow"), "")


def test_a_company_with_a_name_that_is_not_utf_8_is_remembered(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.facturier"))
    create_company(path)
    remember_company(tmp_path / "own", path)
    assert recent_companies(tmp_path / "own") == [path]


def test_two_programs_that_change_preferences_at_once_keep_both_changes(tmp_path: Path) -> None:
    save_preferences(tmp_path, Preferences(line="slow"))
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)  # another program is changing them
    with ThreadPoolExecutor() as pool:
        changed = pool.submit(change_preferences, tmp_path, lambda kept: kept._replace(theme="dark"))
        time.sleep(0.1)  # it waits
        save_preferences(tmp_path, Preferences("fr", "slow"))
        os.close(handle)
        assert changed.result(20) == Preferences("fr", "slow", "dark") == read_preferences(tmp_path)
