"""The folder of additional fonts: with any content, documents are made or a clear error is raised."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from facturier.mail.document.document import make_document
from facturier.mail.document.font_folder import font_files
from facturier.mail.errors import DocumentError
from tests.mail.document.small_font import font_with
from tests.mail.document.test_document import text_of
from tests.mail.samples import a_company, a_customer, an_invoice


def a_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.ttf")


def devices(folder: Path) -> None:
    (folder / "zero.ttf").symlink_to("/dev/zero")
    (folder / "tty.otf").symlink_to("/dev/tty")


def junk(folder: Path) -> None:
    for number in range(500):
        (folder / f"{number}.ttf").write_bytes(os.urandom(2000))
    (folder / "half.ttf").write_bytes(font_with("中")[:3000])


def loops(folder: Path) -> None:
    (folder / "here").symlink_to(folder)
    (folder / "me.ttf").symlink_to(folder / "me.ttf")
    (folder / "folder.ttf").mkdir()


def files_of_others(folder: Path) -> None:
    (folder / "memory.ttf").symlink_to("/proc/self/mem")


@pytest.mark.parametrize("fill", [a_pipe, devices, junk, loops, files_of_others])
def test_files_that_are_not_fonts_are_ignored(fill: Callable[[Path], None], tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "extra.ttf").write_bytes(font_with("中"))
    invoice = an_invoice(customer=a_customer(name="中 Optik"))
    began = time.process_time()
    assert "中Optik" in text_of(make_document(invoice, a_company(fonts=str(tmp_path)), "1043"))
    assert time.process_time() - began < 5


def many(folder: Path) -> None:
    for number in range(2100):
        (folder / f"{number}.txt").touch()


def sparse(folder: Path) -> None:
    with (folder / "large.ttf").open("wb") as file:
        file.truncate(6 * 1024**3)


def much(folder: Path) -> None:
    for number in range(6):
        with (folder / f"{number}.ttf").open("wb") as file:
            file.truncate(100 * 1024**2)


@pytest.mark.parametrize(
    ("fill", "why"), [(many, "more than 2000 files"), (sparse, "large.ttf is larger than 128 MB"), (much, "512 MB")]
)
def test_too_many_or_too_large_files_are_refused(fill: Callable[[Path], None], why: str, tmp_path: Path) -> None:
    fill(tmp_path)
    began = time.process_time()
    with pytest.raises(DocumentError, match=why):
        make_document(an_invoice(), a_company(fonts=str(tmp_path)), "1043")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("folder", ["/proc", "/sys", "/dev", "/"])
def test_system_folders_do_not_block(folder: str) -> None:
    began = time.process_time()
    try:
        font_files(folder)
    except DocumentError as error:
        assert folder in str(error)  # noqa: PT017
    assert time.process_time() - began < 2
