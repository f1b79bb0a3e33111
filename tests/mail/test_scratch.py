"""Temporary folders: removed after use, or after a crash at the next start, but never those of other programs."""

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from facturier.mail.scratch import folder_for_others, remove_stale, scratch_folder

HOLD = """
import sys, time
from facturier.mail.scratch import scratch_folder
with scratch_folder() as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_folders_of_killed_programs_are_removed_and_of_running_ones_kept() -> None:
    killed, living = (
        subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) for _one in range(2)
    )
    assert killed.stdout is not None
    assert living.stdout is not None
    left, used = (Path(process.stdout.readline().strip()) for process in (killed, living) if process.stdout)
    (left / "document.pdf").write_bytes(b"%PDF")
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    remove_stale()

    assert not left.exists()
    assert used.exists()
    living.kill()
    living.wait()
    for process in (killed, living):
        assert process.stdout is not None
        process.stdout.close()


def test_nothing_else_is_removed(own_place: Path) -> None:
    target = own_place / "target"
    target.mkdir()
    (target / "kept").touch()
    (own_place / "facturier-link").symlink_to(target)
    others = own_place / "facturier-shared"
    others.mkdir()
    others.chmod(0o755)
    (own_place / ".facturier-young").mkdir(mode=0o700)
    (own_place / "facturier-file").touch()

    remove_stale()

    assert sorted(path.name for path in own_place.iterdir()) == [
        ".facturier-young",
        "facturier-file",
        "facturier-link",
        "facturier-shared",
        "target",
    ]
    assert (target / "kept").exists()


def test_it_is_removed_after_use() -> None:
    with scratch_folder() as folder:
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


def test_a_file_that_another_program_opens_is_kept_while_this_program_lives(own_place: Path) -> None:
    document = folder_for_others() / "invoice.pdf"
    document.write_bytes(b"%PDF")
    remove_stale()  # another window starts
    assert document.exists()
    assert folder_for_others().parent == document.parent.parent  # one folder, one lock
    shutil.rmtree(document.parent.parent)
    assert folder_for_others().is_dir()
