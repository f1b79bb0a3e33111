"""Paths as people type them, and unreadable folders."""

from pathlib import Path

import pytest

from facturier.models.company.recent import recent_companies, remember_company
from facturier.models.text.paths import is_folder, typed_path


def test_an_unknown_home_is_an_ordinary_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/marie")
    assert typed_path("~/logo.png") == Path("/home/marie/logo.png")
    assert typed_path("~nobody-of-that-name/x") == Path("~nobody-of-that-name/x")


def test_an_unreadable_path_counts_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = tmp_path / "a.facturier"
    company.touch()
    remember_company(tmp_path / "home", company)
    assert recent_companies(tmp_path / "home") == [company.resolve()]
    assert not is_folder(Path("x" * 5000))

    def closed(path: Path, **_options: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", closed)
    assert recent_companies(tmp_path / "home") == []
