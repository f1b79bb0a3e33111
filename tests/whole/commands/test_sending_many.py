"""Several invoices on the command line: a dry run, all of a filter, pausing, in doubt, and bounces."""

import json
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from facturier.models.books.journal import read_journal
from facturier.models.company.save_settings import save_company
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.whole.program import Program
from tests.whole.setting_up import add_drafts, make_company

GOOD = {"customer": {"name": "Good", "email": "a@localhost.example"}, "lines": [{"rate": "150.00"}]}
EMPTY = {"customer": {"name": "Empty", "email": "b@localhost.example"}, "lines": [{"rate": "0"}]}
NOBODY = {"customer": {"name": "Nobody"}, "lines": [{"rate": "10"}]}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    # No Google runs here. With an address for it, the checks do not ask DNS.
    made = Program(tmp_path / "home", "http://127.0.0.1:9", tmp_path / "me.facturier")
    make_company(made, "Me")
    store = open_company(tmp_path / "me.facturier")
    (tmp_path / "out").mkdir()
    sender = DefaultSender(kind="folder", address="hello@me.example", folder=str(tmp_path / "out"))
    save_company(store, replace(read_company(store), sender=sender))
    return made


def store_of(program: Program) -> Store:
    assert program.company is not None
    return open_company(program.company)


def states(program: Program) -> list[str]:
    listed = json.loads(program.good("list", "--json"))
    return [row["delivery"] for row in sorted(listed, key=lambda row: row["id"])]


def letters(program: Program) -> list[Path]:
    assert program.company is not None
    return sorted((program.company.parent / "out").glob("*.eml"))


def test_a_dry_run_says_what_each_would_do_and_does_nothing(program: Program) -> None:
    add_drafts(program, GOOD, EMPTY, NOBODY)

    done = program.run("send", "--status", "draft", "--dry-run", "--json")

    assert done.returncode == 1  # not all of them can be sent
    found = json.loads(done.stdout)
    assert [(one["id"], one["result"]) for one in found] == [(1, "ready"), (2, "warning"), (3, "error")]
    assert (found[0]["from"], found[0]["to"]) == ("hello@me.example", ["a@localhost.example"])
    assert (found[0]["total"], found[0]["total_text"], found[0]["number"]) == (15000, "150.00", None)
    assert [finding["text"] for finding in found[1]["findings"]] == ["The total is zero."]
    text = program.run("send", "@1", "@2", "--dry-run", "--yes")
    assert text.returncode == 0
    assert "@1  ready  hello@me.example → a@localhost.example  CAD 150.00" in text.stdout
    assert "warning: The total is zero." in text.stdout
    assert states(program) == ["draft", "draft", "draft"]
    assert letters(program) == []


def test_all_that_match_a_filter_are_sent_except_blocked_ones(program: Program) -> None:
    program.good("draft", "-", stdin=json.dumps([GOOD, NOBODY, GOOD]))

    done = program.run("send", "--status", "not_sent", "--json")

    assert done.returncode == 1
    assert "@2: " in done.stderr
    assert [(one["invoice"], one["state"]) for one in json.loads(done.stdout)] == [(1, "sent"), (3, "sent")]
    assert states(program) == ["sent", "draft", "sent"]
    assert len(letters(program)) == 2
    again = program.run("send", "--status", "not_sent")  # the filter no longer has those that were sent
    assert len(letters(program)) == 2
    assert "@1" not in again.stderr


def test_send_needs_either_invoices_or_a_filter(program: Program) -> None:
    assert program.run("send").returncode == 2
    assert program.run("send", "@1", "--status", "draft").returncode == 2


def test_a_pause_holds_for_every_verb_until_it_is_resumed(program: Program) -> None:
    add_drafts(program, GOOD, GOOD)
    program.good("outbox", "--pause")

    sent = program.run("send", "@1", "@2")

    assert sent.returncode == 1
    assert "paused by" in sent.stderr
    assert "paused by" in program.run("post").stderr
    found = json.loads(program.good("outbox", "--json"))
    assert found["paused_by"]
    assert [delivery["state"] for delivery in found["deliveries"]] == ["queued", "queued"]
    assert letters(program) == []

    program.good("outbox", "--resume")
    program.good("post")

    assert states(program) == ["sent", "sent"]
    assert json.loads(program.good("outbox", "--json")) == {"paused_by": None, "deliveries": []}


def test_a_bounce_is_read_from_standard_input(program: Program) -> None:
    add_drafts(program, GOOD)
    program.good("send", "@1")
    [letter] = letters(program)
    message_id = next(
        line.partition(":")[2].strip()
        for line in letter.read_text(errors="replace").splitlines()
        if line.lower().startswith("message-id:")
    )
    bounce = EmailMessage()
    bounce["Subject"] = "Delivery Status Notification (Failure)"
    bounce["X-Failed-Recipients"] = "a@localhost.example"
    bounce["In-Reply-To"] = message_id
    bounce.set_content("The address could not be found.")

    out = program.good("bounce", stdin=bounce.as_string())

    assert "1001  bounced  a@localhost.example" in out
    assert states(program) == ["bounced"]
    [alert] = json.loads(program.good("alerts", "--json"))
    assert (alert["kind"], alert["recipients"]) == ("bounced", "a@localhost.example")
    again = program.run("bounce", stdin=bounce.as_string())
    assert again.returncode == 1
    assert "already recorded" in again.stderr
    unread = program.run("bounce", stdin="Subject: Hello\n\nHow are you?\n").stderr
    assert "Cannot read this bounce" in unread
    assert "bounce --invoice REF --address A --reason TEXT" in unread


def test_a_bounce_without_its_mail_needs_a_reason(program: Program) -> None:
    add_drafts(program, GOOD)
    program.good("send", "@1")
    for wrong in (
        ["--invoice", "1001"],
        ["--address", "a@b.example"],
        ["mail.eml", "--invoice", "1001", "--reason", "x"],
    ):
        assert program.run("bounce", *wrong).returncode == 2
    nobody = program.run("bounce", "--invoice", "1001", "--address", "b@localhost.example", "--reason", "full")
    assert nobody.returncode == 1
    assert "was sent to a@localhost.example" in nobody.stderr
    assert states(program) == ["sent"]
    said = ("bounce", "--invoice", "1001", "--address", "A@localhost.example", "--reason", "mailbox full")
    assert "1001  bounced  a@localhost.example  mailbox full" in program.good(*said)
    assert states(program) == ["bounced"]
    assert program.run(*said).returncode == 1


def test_the_journal_distinguishes_a_second_delivery(program: Program) -> None:
    add_drafts(program, GOOD)
    program.good("send", "@1")
    program.good("send", "1001", "--yes", "--again")
    kinds = [entry.kind for entry in read_journal(store_of(program), 1)]
    assert kinds.index("queued") < kinds.index("queued_again")


def test_an_unexpected_error_affects_only_one_invoice(program: Program) -> None:
    add_drafts(program, GOOD, GOOD, GOOD)
    store = store_of(program)
    with store.writing():  # an address that drafts do not accept any more
        store.write("UPDATE invoice SET email = '=?utf-8?b?8j+qipcfkig=?=@example.org' WHERE id = 2")

    dry = program.run("send", "--status", "draft", "--dry-run", "--json", "--yes")
    done = program.run("send", "--status", "draft", "--json")

    looked_at = {one["id"]: one["result"] for one in json.loads(dry.stdout)}
    assert (looked_at[1], looked_at[3]) == ("ready", "ready")
    sent = {one["invoice"]: one["state"] for one in json.loads(done.stdout)}
    assert (sent[1], sent[3]) == ("sent", "sent")
    assert len(letters(program)) >= 2
    assert "Traceback" not in done.stderr + dry.stderr
