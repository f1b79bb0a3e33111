"""A company file that is removed while it is open: the program says so, and never replaces it with an empty one."""

import time
from pathlib import Path

import pytest

from facturier.models.errors import NotACompany
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.store.opening import create_company, open_company
from tests.models.making import a_draft
from tests.whole.program import Program
from tests.whole.terminal import terminal

GONE = "moved or replaced"


def test_nothing_is_written_into_a_deleted_file(tmp_path: Path) -> None:
    store = create_company(tmp_path / "a.facturier")
    with store.reading():  # as in an open window
        store.path.rename(tmp_path / "b.facturier")
        with pytest.raises(NotACompany, match=GONE):
            a_draft(store)
        with pytest.raises(NotACompany, match=GONE):
            store.changes()
    with pytest.raises(NotACompany, match=GONE):
        store.rows("SELECT 1 FROM invoice")
    assert not store.path.exists()


def test_the_screens_report_it_and_save_again_once_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "a.facturier"
    create_company(path)
    program = Program(tmp_path / "home", company=path)
    with terminal(program.command, program.environment) as screen:
        screen.wait_for("n New")
        screen.press("n")
        screen.wait_for("New invoice")
        path.rename(tmp_path / "elsewhere")
        screen.wait_for(GONE)
        screen.press("escape")
        screen.press("Zoe")
        screen.read(1.5)
        assert not path.exists()
        (tmp_path / "elsewhere").rename(path)
        screen.wait_for("saved")
    store = open_company(path)
    assert [row.customer for row in Listing(store, View(), store.clock().date()).first(5)] == ["Zoe"]


def test_a_watching_postman_ends_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.facturier"
    create_company(path)
    process = Program(tmp_path / "home", company=path).start("post", "--watch")
    time.sleep(2)
    path.unlink()
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert GONE in err
    assert not path.exists()
