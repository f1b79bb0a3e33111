"""The rendering process: a document that kills, blocks or fills it affects only that document."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facturier.mail.document.document import make_document
from facturier.mail.document.renderer import Renderer, RenderingStopped, Request, TypstRefused, renderer
from tests.mail.samples import a_company, an_invoice
from tests.whole.program import ROOT

GOOD = Request({"main.typ": "good"}, {"format": "png"})
# Typst aborts if it cannot allocate memory.
ABORTS = Request({"main.typ": "#range(200000000).len()"}, {"format": "png"})
NEVER_ENDS = Request({"main.typ": "#for a in range(30000) { for b in range(30000) { let c = b } }"}, {"format": "png"})
ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.mark.soak
def test_input_that_made_typst_abort() -> None:
    marks = '#set text(font: "Inter", fallback: false)\na' + "\u0301" * 60_000
    with pytest.raises(RenderingStopped):
        renderer().render(Request({"main.typ": marks}, {"format": "png"}), "Invoice 7")


@pytest.fixture
def drawing() -> Iterator[Renderer]:
    found = Renderer(seconds=3)
    yield found
    found.stop()


def the_process(drawing: Renderer) -> int:
    drawing.start()
    assert drawing._worker is not None
    pid: int = drawing._worker._process.pid
    return pid


@pytest.mark.parametrize(
    ("request_", "why"),
    [(ABORTS, "too much memory, or crashes"), (NEVER_ENDS, "more than 3 seconds")],
    ids=["aborts", "never ends"],
)
def test_an_error_in_the_renderer_affects_only_that_document(drawing: Renderer, request_: Request, why: str) -> None:
    began = time.monotonic()
    with pytest.raises(RenderingStopped, match=f"^Cannot create Invoice 7: .*{why}"):
        drawing.render(request_, "Invoice 7")
    assert time.monotonic() - began < 10
    assert drawing.render(GOOD, "Invoice 8")[0].startswith(b"\x89PNG")
    began = time.monotonic()
    with pytest.raises(RenderingStopped, match=why):
        drawing.render(request_, "Invoice 7")
    assert time.monotonic() - began < 2, "it is not tried again at once"


def test_an_abandoned_document_is_stopped(drawing: Renderer) -> None:
    patient = Renderer(seconds=60)
    gone = threading.Event()
    threading.Timer(0.2, gone.set).start()
    began = time.monotonic()
    with pytest.raises(RenderingStopped, match="Could not finish"):
        patient.render(NEVER_ENDS, "Invoice 7", gone.is_set)
    assert time.monotonic() - began < 30
    assert patient.render(GOOD, "Invoice 8")
    patient.stop()


def test_stopping_releases_all_waiting_threads() -> None:
    patient = Renderer(seconds=60)
    said: list[str] = []

    def draw(what: Request) -> None:
        try:
            patient.render(what, "Invoice 7")
        except RenderingStopped as error:
            said.append(str(error))

    threads = [threading.Thread(target=draw, args=(what,)) for what in (NEVER_ENDS, NEVER_ENDS, GOOD)]
    for thread in threads:
        thread.start()
        time.sleep(0.3)
    patient.stop()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert len(said) == 3
    assert patient.render(GOOD, "Invoice 8")
    patient.stop()


def test_an_ended_process_is_replaced(drawing: Renderer) -> None:
    os.kill(the_process(drawing), signal.SIGKILL)
    assert drawing.render(GOOD, "Invoice 7")
    os.kill(the_process(drawing), signal.SIGALRM)  # as after a long time without work
    time.sleep(0.05)
    assert drawing.render(GOOD, "Invoice 7")


def test_a_program_that_uses_much_memory_still_gets_a_renderer(drawing: Renderer) -> None:
    much = bytearray(400 * 1024 * 1024)
    much[:: resource.getpagesize()] = b"x" * len(range(0, len(much), resource.getpagesize()))
    drawing.stop()
    first = the_process(drawing)
    assert drawing.render(GOOD, "Invoice 7")
    assert drawing.render(GOOD, "Invoice 8")
    assert the_process(drawing) == first


def test_errors_of_typst_are_passed_on(drawing: Renderer) -> None:
    with pytest.raises(TypstRefused, match="unknown variable"):
        drawing.render(Request({"main.typ": "#nothing"}, {"format": "png"}), "Invoice 7")


def test_a_python_that_cannot_be_started_is_reported(monkeypatch: pytest.MonkeyPatch, drawing: Renderer) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Exception, match="Cannot create the PDF: No such file"):
        drawing.render(GOOD, "Invoice 7")


@ONLY_LINUX
def test_the_process_inherits_neither_files_nor_environment(
    drawing: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACTURIER_SECRET", "hunter2")
    with (tmp_path / "company.facturier").open("w"):
        found = Path(f"/proc/{the_process(drawing)}")
        drawing.render(GOOD, "Invoice 7")
        opened = {entry.name: str(entry.readlink()) for entry in (found / "fd").iterdir()}
    assert set(opened) == {"0", "1", "2"}
    assert opened["0"].startswith("socket:")
    assert opened["1"] == opened["2"] == "/dev/null"
    assert b"hunter2" not in (found / "environ").read_bytes()
    assert (found / "cwd").readlink() == Path("/")


@ONLY_LINUX
def test_keys_in_the_terminal_do_not_interrupt_it(drawing: Renderer) -> None:
    assert os.getsid(the_process(drawing)) != os.getsid(0)


PARENT = """
import sys, threading
from facturier.mail.document.renderer import Renderer
from tests.mail.document.test_renderer import GOOD, NEVER_ENDS
drawing = Renderer(seconds=60)
drawing.render(GOOD, "x")
if sys.argv[1] == "busy":
    threading.Thread(target=drawing.render, args=(NEVER_ENDS, "x"), daemon=True).start()
print(drawing._worker._process.pid, drawing._worker._process.args[4], flush=True)
sys.stdin.read()
"""


@ONLY_LINUX
@pytest.mark.parametrize("state", ["idle", "busy"])
def test_it_ends_with_the_program_in_any_case(state: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, state], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    pid, root = parent.stdout.readline().split()
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    assert soon(lambda: not Path("/proc", pid).exists() or "Z" in Path("/proc", pid, "stat").read_text().split(")")[1])
    assert soon(lambda: not Path(root).exists())


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_a_normal_exit_leaves_no_folder(tmp_path: Path) -> None:
    code = "from tests.mail.samples import *\nfrom facturier.mail.document.document import make_document\n"
    code += "make_document(an_invoice(), a_company())"
    subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, check=True
    )
    assert list(tmp_path.iterdir()) == []


def test_other_documents_are_made_while_one_hangs() -> None:
    renderer().start()
    with pytest.raises(RenderingStopped):
        renderer().render(ABORTS, "Invoice 7")
    assert make_document(an_invoice(), a_company(), "1043").startswith(b"%PDF")
