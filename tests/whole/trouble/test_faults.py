"""A bug of ours shows a sentence and is logged, and never shows a traceback on the screen."""

from pathlib import Path

from facturier.models.store.opening import create_company
from tests.whole.program import Program
from tests.whole.terminal import terminal


def test_an_error_in_a_worker_is_shown_and_the_program_continues(tmp_path: Path) -> None:
    create_company(tmp_path / "a.facturier")
    log = tmp_path / "log"
    arguments = ["-m", "tests.whole.trouble.faulty", str(tmp_path / "a.facturier"), str(log)]
    with terminal(arguments, Program(tmp_path).environment) as screen:
        screen.wait_for("New")
        screen.press("\x1b[17~")
        screen.wait_for("An unexpected error occurred (RuntimeError).", "The log has more details")
        screen.press("escape", "n")
        screen.wait_for("New invoice")
    assert "in action_fault" in log.read_text()
    assert "canary" not in screen.text + screen.written.decode(errors="replace")


def test_an_error_in_an_action_affects_only_it_and_reveals_no_secret(tmp_path: Path) -> None:
    create_company(tmp_path / "a.facturier")
    log = tmp_path / "log"
    arguments = ["-m", "tests.whole.trouble.faulty", str(tmp_path / "a.facturier"), str(log)]
    with terminal(arguments, Program(tmp_path).environment) as screen:
        screen.wait_for("New")
        screen.press("\x1b[15~")
        screen.wait_for("An unexpected error occurred (RuntimeError).")
        screen.press("escape", "n")
        screen.wait_for("New invoice")
        screen.press("ctrl+q")
        assert screen.ended() == 0
    written = screen.written.decode(errors="replace")
    assert "Traceback" not in written
    assert "canary" not in written + log.read_text().replace('token = "canary-" + "token"', "")
    assert "in action_fault" in log.read_text()
