"""The whole job on the command line, with the Google simulator."""

import email
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy
from pathlib import Path
from urllib.request import urlopen

import pysqlite3 as sqlite3
import pytest

from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.models.books.invoices import get_invoice
from facturier.models.company.connection import get_connection
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.changes.outcomes import refused
from facturier.models.outbox.delivery import Claim, Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from tests.whole.program import Program
from tests.whole.setting_up import add_drafts, connect_account, make_company

DRAFT = {
    "customer": {
        "name": "Acme [EU] [/x]",
        "email": "c@client.example",
        "cc": "boss@client.example",
        "bcc": "archive@me.example",
    },
    "lines": [{"description": "Consulting", "quantity": "2", "rate": "150.00"}],
    "terms": 30,
}


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    accounts = (Account("billing@me.example"), Account("marie@me.example"), Account("nomail@me.example", gmail=False))
    with Google(accounts, folder=tmp_path / "sent") as running:
        yield running


@pytest.fixture
def bare(tmp_path: Path, google: Google) -> Program:
    """The program without a company."""
    (tmp_path / "sent").mkdir(exist_ok=True)
    (tmp_path / "client.json").write_text(google.client_json())
    return Program(tmp_path / "home", google.url, tmp_path / "me.facturier")


@pytest.fixture
def program(bare: Program) -> Program:
    make_company(bare, "Me & Co")
    return bare


def connect(program: Program, google: Google, *, client: Path, deny: bool = False) -> str:
    """Connect like a person who pastes the address. Return standard error."""
    process = program.start("connect", "--paste", "--client", str(client))
    assert process.stdout is not None
    link = process.stdout.readline().strip()
    _out, err = process.communicate(google.allow(link, deny=deny) + "\n", timeout=60)
    assert process.returncode == (1 if deny else 0), err
    return err


def test_from_new_to_sent(bare: Program, google: Google, tmp_path: Path) -> None:
    bare.good("new", str(tmp_path / "me.facturier"), "--name", "Me & Co", "--email", "hello@me.example")
    made = json.loads(bare.good("draft", "-", "--json", stdin=json.dumps(DRAFT)))
    assert [draft["total_text"] for draft in made] == ["300.00"]
    connect(bare, google, client=tmp_path / "client.json")

    assert "sent" in bare.good("send", f"@{made[0]['id']}")

    listed = json.loads(bare.good("list", "--json"))
    assert listed[0]["delivery"] == "sent"
    assert listed[0]["number"] == "1001"
    assert listed[0]["customer"] == "Acme [EU] [/x]"
    assert (listed[0]["total"], listed[0]["total_text"]) == (30000, "300.00")

    assert google.counts["put"] == 1
    [accepted] = google.messages
    message = email.message_from_bytes(accepted.raw, policy=policy.default)
    assert message["From"].addresses[0].addr_spec == "billing@me.example"
    assert message["Bcc"].addresses[0].addr_spec == "archive@me.example"
    assert message["Reply-To"].addresses[0].addr_spec == "hello@me.example"
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == "Invoice-1001-Me-Co.pdf"
    assert attachment.get_content().startswith(b"%PDF-")

    bare.good("show", "1001", "--eml", str(tmp_path / "out.eml"), "--pdf", str(tmp_path / "out.pdf"))
    assert b"Bcc: archive@me.example" in (tmp_path / "out.eml").read_bytes()
    assert (tmp_path / "out.pdf").read_bytes() == attachment.get_content()

    # Files are private, and no file or log contains a token.
    secrets = [*google.grants._book.refresh, *google.grants._book.access, next(iter(google.clients.values())).secret]
    kept = [tmp_path / "me.facturier", *(tmp_path / "home").rglob("*")]
    for path in kept:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        for secret in secrets if path.is_file() else ():
            assert secret.encode() not in path.read_bytes(), path


def test_a_project_is_drafted_listed_and_shown(program: Program) -> None:
    program.good("draft", "-", stdin=json.dumps(DRAFT | {"reference": "PO 7", "project": "North wing"}))
    shown = json.loads(program.good("show", "@1", "--json"))
    assert (shown["reference"], shown["project"]) == ("PO 7", "North wing")
    assert "Project North wing" in " ".join(program.good("show", "@1").split())
    assert [row["id"] for row in json.loads(program.good("list", "--json", "--search", "wing"))] == [1]


def test_customers_are_listed_shown_archived_merged_and_deleted(program: Program) -> None:
    contacts = [{"name": "Zoé", "email": "zoe@x.example"}, {"email": "copy@x.example", "copy": "cc"}]
    for customer in (
        {"name": "Zoé inc.", "contacts": contacts, "city": "Laval", "country": "CA", "vat_id": "DE136695976"},
        {"name": "ZOE INC", "email": "ZOE@x.example"},
        {"name": "Other", "email": "other@x.example"},
    ):
        program.good("draft", "-", stdin=json.dumps(DRAFT | {"customer": customer}))
    assert [found["id"] for found in json.loads(program.good("customers", "--json", "--duplicates"))] == [1, 2]
    shown = json.loads(program.good("customer", "zoé INC.", "--json"))
    assert (shown["email"], shown["cc"], shown["address"]) == ("zoe@x.example", "copy@x.example", "Laval")
    assert (shown["invoices"], shown["balances"], shown["vat_id"]) == (1, [], "DE136695976")
    assert shown["contacts"][1] == {"name": "", "email": "copy@x.example", "telephone": "", "copy": "cc"}

    assert "Zoé inc." in program.good("customer", "@1", "--merge", "ZOE INC")
    assert json.loads(program.good("customer", "1", "--json"))["invoices"] == 2
    assert json.loads(program.good("show", "@2", "--json"))["customer"]["name"] == "Zoé inc."
    program.good("customer", "Other", "--archive")
    assert "Other" not in program.good("customers")
    assert "@3" in program.good("customers", "--archived", "--search", "other@")
    for typed, why in ((("Other", "--delete"), "has invoices"), (("@2",), "Cannot find"), (("Nobody",), "Nobody")):
        done = program.run("customer", *typed)
        assert done.returncode == 1
        assert why in done.stderr


def test_an_invoice_is_not_sent_twice_by_asking_twice(program: Program, google: Google, tmp_path: Path) -> None:
    add_drafts(program, DRAFT)
    connect_account(program, google)
    program.good("send", "@1")

    again = program.run("send", "1001")

    assert again.returncode == 1  # a warning that it was already sent to this address, which only --again ignores
    assert "--again" in again.stderr
    assert program.run("send", "1001", "--yes").returncode == 1
    assert program.run("send", "1001", "--yes", "--dry-run").returncode == 1
    assert len(google.messages) == 1
    program.good("send", "1001", "--again")
    assert len(google.messages) == 2


@pytest.mark.parametrize("redirection", [">/dev/full", "| true"])
def test_a_sent_invoice_is_not_reported_as_failed_if_output_fails(
    program: Program, google: Google, tmp_path: Path, redirection: str
) -> None:
    add_drafts(program, DRAFT)
    connect_account(program, google)

    done = program.shell("send @1", redirection)

    assert (done.returncode, len(google.messages)) == (0, 1), done.stderr
    assert ("cannot write output: No space left on device" in done.stderr) == ("full" in redirection)
    assert program.shell("list", ">/dev/full").returncode == 1


def test_characters_that_the_terminal_cannot_encode_are_no_error(program: Program, tmp_path: Path) -> None:
    add_drafts(program, {**DRAFT, "customer": {"name": "Łódź 😀"}})
    latin = Program(program.home, program.google, program.company, {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})

    assert "\\u0141ód\\u017a" in latin.shell("list", "| iconv -f latin1 -t utf8").stdout
    assert json.loads(latin.good("list", "--json"))[0]["customer"] == "Łódź 😀"
    assert latin.shell("doctor", ">/dev/null").returncode == 0
    assert latin.shell("--help", ">/dev/null").returncode == 0


def test_the_screens_are_refused_without_a_terminal(program: Program) -> None:
    for arguments in ((), ("practice",)):
        done = program.run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "need a terminal" in done.stderr


def test_a_closed_standard_input_is_reported(program: Program) -> None:
    for verb in ("draft -", "bounce"):
        done = program.shell(verb, "<&-")
        assert done.returncode == 1
        assert "An unexpected error occurred" not in done.stderr


def test_queue_only_sends_nothing_until_post(program: Program, google: Google, tmp_path: Path) -> None:
    add_drafts(program, DRAFT, DRAFT)
    connect_account(program, google)
    program.good("send", "@1", "@2", "--queue-only")
    assert google.messages == []
    assert {row["delivery"] for row in json.loads(program.good("list", "--json"))} == {"queued"}

    program.good("post")

    assert {row["delivery"] for row in json.loads(program.good("list", "--json"))} == {"sent"}
    assert len(google.messages) == 2


def test_undoing_makes_a_draft_that_keeps_its_number(program: Program, google: Google) -> None:
    add_drafts(program, DRAFT)
    connect_account(program, google)
    program.good("send", "@1", "--at", "+2h")
    [undone] = json.loads(program.good("undo", "1001", "--json"))
    said = {"id": 1, "invoice": 1, "number": "1001", "kind": "invoice", "state": "cancelled", "draft_again": True}
    assert undone == said
    [row] = json.loads(program.good("list", "--json"))
    assert (row["number"], row["reserved_number"], row["delivery"]) == (None, "1001", "draft")
    late = program.run("undo", "1001")
    assert (late.returncode, "not waiting to be sent" in late.stderr) == (1, True)
    program.good("send", "1001", "--at", "+2h")
    assert "1001: sending undone. The invoice is a draft again" in program.good("undo", "1001")


def test_undo_takes_what_was_queued_last_and_names_it(program: Program, google: Google) -> None:
    add_drafts(program, DRAFT)
    connect_account(program, google)
    program.good("send", "@1")
    program.good("pay", "1001", "--amount", "1", "--receipt")
    program.good("send", "1001", "--again", "--queue-only")
    assert program.good("undo", "1001") == "1001: sending undone.\n"
    assert program.good("undo", "1001") == "1001: sending of the receipt undone.\n"
    program.good("post")
    assert len(google.messages) == 1


def test_invoices_are_issued_without_sending_them(program: Program) -> None:
    add_drafts(program, {**DRAFT, "customer": {"name": "Chez Léa"}}, DRAFT)
    [on_paper] = json.loads(program.good("issue", "@1", "--how", "paper", "--json"))
    assert on_paper == {"id": 1, "number": "1001", "delivery": "handed_over", "handed_over": "paper"}
    refused = program.run("issue", "@2", "--mark-sent")
    assert (refused.returncode, "Enter a reason" in refused.stderr) == (1, True)
    assert "@2: issued as 1002, not sent." in program.good("issue", "@2")
    again = program.run("issue", "1002")
    assert (again.returncode, "Invoice 1002 has been issued." in again.stderr) == (1, True)
    program.good("issue", "1002", "--mark-sent", "--reason", "By fax")
    rows = json.loads(program.good("list", "--status", "sent", "--json"))
    assert {(row["number"], row["delivery"], row["sent"]) for row in rows} == {
        ("1001", "handed_over", None),
        ("1002", "handed_over", None),
    }
    assert "✓ Numbers: 2 numbers checked: no gaps, no duplicates." in program.run("doctor").stdout
    assert json.loads(program.good("numbers", "--json")) == {"checked": 2, "gaps": [], "duplicates": []}
    assert "1002: the invoice is a draft again and keeps its number." in program.good("undo", "1002")
    assert json.loads(program.good("show", "1001", "--json"))["delivery"] == "handed_over"


def test_the_scheduled_time_is_printed(program: Program, google: Google, tmp_path: Path) -> None:
    """A time of day that has passed means tomorrow, and the output shows that."""
    add_drafts(program, DRAFT)
    connect_account(program, google)
    passed = datetime.now().astimezone() - timedelta(minutes=2)
    leaves = (passed + timedelta(1)).astimezone().strftime("%-d %b %Y %H:%M")

    said = program.good("send", "@1", "--at", f"{passed:%H:%M}")

    assert said == f"1001  queued  c@client.example  scheduled {leaves}\n"
    assert program.good("outbox") == said
    assert program.good("show", "1001").count(said) == 1
    program.good("post")
    assert google.messages == []


def test_after_disconnecting_the_default_sender_is_used(program: Program, google: Google, tmp_path: Path) -> None:
    add_drafts(program, DRAFT, DRAFT)
    store = open_company(tmp_path / "me.facturier")
    folder = tmp_path / "outgoing"
    folder.mkdir()
    sender = DefaultSender(kind="folder", address="hello@me.example", folder=str(folder))
    save_company(store, replace(read_company(store), sender=sender))  # possible while there is no member
    connect_account(program, google)
    program.good("send", "@1")

    assert "sent from the default sender, hello@me.example" in program.good("disconnect")
    program.good("send", "@2")

    assert google.counts["revoke"] == 1
    assert len(google.messages) == 1
    assert len(list(folder.glob("*.eml"))) == 1


def test_disconnecting_without_a_default_sender_says_that_nothing_can_be_sent(
    program: Program, google: Google, tmp_path: Path
) -> None:
    connect_account(program, google)
    done = program.run("disconnect")
    assert done.returncode == 0
    assert "There is no default sender: no invoice can be sent until you set one up" in done.stdout
    assert "press F2" in done.stderr


def test_another_address_is_connected_only_with_a_confirmation(
    program: Program, google: Google, tmp_path: Path
) -> None:
    connect_account(program, google)
    address, other = "billing@me.example", "marie@me.example"
    for more, answer in ((), ""), ((), "n\n"), ((), "y\n"), (("--replace",), ""):
        process = program.start("connect", "--paste", *more)
        assert process.stdout is not None
        landed = google.allow(process.stdout.readline().strip(), account=other)
        _out, err = process.communicate(f"{landed}\n{answer}", timeout=60)
        connection = get_connection(open_company(tmp_path / "me.facturier"))
        assert connection is not None
        replaced = bool(more) or answer == "y\n"
        assert connection.address == (other if replaced else address)
        assert process.returncode == (0 if replaced else 1)
        assert (f"Replace {address}?" in err) == (not more)
        assert (f"{address} is still connected" in err) == (not replaced)
        if replaced:
            address, other = other, address


def test_a_dead_connection_raises_an_alert_and_keeps_the_invoice(
    program: Program, google: Google, tmp_path: Path
) -> None:
    add_drafts(program, DRAFT)
    connect_account(program, google)
    google.end("billing@me.example")

    assert program.run("send", "@1").returncode == 1

    [alert] = json.loads(program.good("alerts", "--json"))
    assert alert["kind"] == "connection_over"
    assert json.loads(program.good("list", "--json"))[0]["delivery"] == "queued"
    assert program.run("doctor").returncode == 1

    connect_account(program, google)
    program.good("post")
    assert json.loads(program.good("alerts", "--json")) == []
    assert json.loads(program.good("list", "--json"))[0]["delivery"] == "sent"


def test_the_permission_can_be_ended_after_someone_was_dismissed(
    program: Program, google: Google, tmp_path: Path
) -> None:
    connect_account(program, google)
    assert program.run("dismiss").returncode == 1
    assert google.counts["revoke"] == 0

    assert "facturier connect" in program.run("dismiss", "--revoke").stderr

    assert google.counts["revoke"] == 1
    [alert] = json.loads(program.good("alerts", "--json"))
    assert alert["kind"] == "connection_over"
    connect_account(program, google)
    assert json.loads(program.good("alerts", "--json")) == []


def test_a_browser_on_the_loopback_address_connects_too(program: Program, google: Google, tmp_path: Path) -> None:
    process = program.start("connect", "--loopback", "--client", str(tmp_path / "client.json"))
    assert process.stdout is not None
    landed = google.allow(process.stdout.readline().strip())
    with urlopen(landed, timeout=10) as page:
        assert page.status == 200
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "billing@me.example" in out


def test_a_pasted_address_that_is_not_utf_8_ends_with_an_error(program: Program, tmp_path: Path) -> None:
    (tmp_path / "pasted").write_bytes(b"http://127.0.0.1/\xff\n")
    strict = Program(program.home, program.google, program.company, {"PYTHONIOENCODING": "utf-8:strict"})
    done = strict.shell(f"connect --paste --client {tmp_path / 'client.json'}", f"<{tmp_path / 'pasted'}")
    assert done.returncode == 1
    assert "An unexpected error occurred" in done.stderr


def test_a_refused_consent_connects_nothing(program: Program, google: Google, tmp_path: Path) -> None:
    said = connect(program, google, client=tmp_path / "client.json", deny=True)
    assert "access was denied" in said
    assert "– Gmail: no address connected" in program.run("doctor").stdout


def test_the_client_is_read_from_standard_input_which_may_have_no_end(
    program: Program, google: Google, tmp_path: Path
) -> None:
    process = program.start("connect", "--loopback", "--client", "-")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(google.client_json())
    process.stdin.close()
    assert process.stdout.readline().startswith("http")
    process.kill()
    process.wait()
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    for arguments, sentence in (
        ("--client -", "not a client file"),
        (f"--paste --client {tmp_path / 'client.json'}", "No answer arrived"),
    ):
        done = program.shell(f"connect {arguments}", "</dev/zero")
        assert (done.returncode, sentence in done.stderr) == (1, True), done.stderr


def test_wrong_client_files_are_told_apart(program: Program, tmp_path: Path) -> None:
    for content, sentence in (
        ("{not json", "not JSON"),
        ('{"web": {"client_id": "a", "client_secret": "b"}}', "Web application"),
        ('{"type": "service_account"}', "service account"),
    ):
        (tmp_path / "wrong.json").write_text(content)
        done = program.run("connect", "--client", str(tmp_path / "wrong.json"))
        assert done.returncode == 1
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr


def test_drafts_are_read_as_windows_saves_them(program: Program, tmp_path: Path) -> None:
    encodings = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32")
    for encoding in encodings:
        fields = {"customer": {"name": f"Café {encoding}"}, "lines": [{"rate": "1"}]}
        mark = "\ufeff" if encoding == "utf-16-le" else ""
        text = mark + json.dumps(fields, ensure_ascii=False)
        (tmp_path / "drafts.json").write_bytes(text.encode(encoding))
        program.good("draft", str(tmp_path / "drafts.json"))
    listed = json.loads(program.good("list", "--json"))
    assert {row["customer"] for row in listed} == {f"Café {encoding}" for encoding in encodings}
    assert len(listed) == len(encodings)


def test_invalid_json_is_reported_in_a_sentence(program: Program, tmp_path: Path) -> None:
    for content, words in (
        (b"PK\x03\x04\xff\xfe", "It looks like a workbook"),
        ('{"customer": {"name": "Café"}}'.encode("cp1252"), "not a text file in UTF-8"),
        (b'{"customer": {"name": "A"},}', "See line 1, column 2"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xef\xbb\xbf  ", "is empty"),
    ):
        (tmp_path / "drafts.json").write_bytes(content)
        done = program.run("draft", str(tmp_path / "drafts.json"))
        assert done.returncode == 1
        assert words in done.stderr
        assert "codec" not in done.stderr
        assert "char " not in done.stderr


def test_a_search_of_thousands_of_words_is_refused(program: Program) -> None:
    done = program.run("list", "--search", " ".join(f"w{number}" for number in range(3000)))
    assert done.returncode == 1
    assert "damaged" not in done.stderr
    assert "Search for" in done.stderr


def test_a_failed_copy_leaves_the_invoice_sent(program: Program, google: Google, tmp_path: Path) -> None:
    add_drafts(program, DRAFT)
    connect_account(program, google)
    program.good("send", "@1")
    store = open_company(tmp_path / "me.facturier")
    envelope = Envelope("billing@me.example", ("other@client.example",))
    message = b"Subject: a copy\r\n\r\nHello\r\n"
    copy = queue_delivery(
        store,
        get_invoice(store, 1),
        "1001",
        SenderKind.GMAIL,
        envelope,
        "a copy",
        message,
        store.clock() - timedelta(hours=1),
    )
    # With a last change this long ago, the rate limit does not apply.
    with store.writing():
        store.write("UPDATE delivery SET changed = '2020-01-01T00:00:00.000+00:00' WHERE id = 1")
    claimed = claim_next(store, "test")
    assert claimed is not None
    refused(store, Claim(copy.id, "test", claimed.epoch), "550 No such user")

    [row] = json.loads(program.good("list", "--json"))
    assert (row["delivery"], row["sent"][:2]) == ("sent", "20")
    shown = json.loads(program.good("show", "1001", "--json"))
    assert (shown["delivery"], shown["sent"]) == ("sent", row["sent"])
    program.good("show", "1001", "--eml", str(tmp_path / "out.eml"), "--pdf", str(tmp_path / "out.pdf"))
    assert b"c@client.example" in (tmp_path / "out.eml").read_bytes()
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
    assert "A copy of invoice 1001 was not sent: 550 No such user" in program.good("alerts")
    for option in ("--pdf", "--eml"):
        assert program.run("show", "1001", option, "").returncode == 1  # such as an empty variable in a script


def test_an_invalid_draft_is_explained_and_not_saved(program: Program) -> None:
    for draft, sentence in (
        ("[", "“standard input” is not JSON. See line 1, column 2. No draft was created."),
        ('{"customer": {"name": "A", "n\\u0061me": "B"}}', "“name” appears twice. No draft was created."),
        ('{"lines": []}', "customer"),
        ('{"customer": {"name": "A"}, "lines": []}', "at least one line"),
        (
            '{"customer": {"name": "A"}, "lines": [{"rate": "1o"}]}',
            "Line 1: “rate”: “1o” is not a decimal number such as 1234.50",
        ),
        ('{"customer": {"name": "A"}, "lines": [{"rate": "1", "tax": "XYZ"}]}', "Unknown tax “XYZ”"),
        ('{"customer": {"name": "A", "email": "nobody"}, "lines": [{"rate": "1"}]}', "nobody"),
        ('{"customer": {"name": "A"}, "lines": [{"rate": 1.5}]}', "must be text"),
        ('{"customer": {"name": "A"}, "lines": [{"rate": "1"}], "currency": "XXY"}', "“XXY” is not a currency"),
        ('{"customer": {"name": "A"}, "lines": [{"rate": "1"}], "colour": "red"}', "Unknown field “colour”"),
        ('{"customer": {"name": "A"}, "lines": [{"rate": "1", "rate": "2"}]}', "“rate” appears twice"),
        (json.dumps({"customer": {"name": "A" * 60_000}, "lines": [{"rate": "1"}]}), "too long: 60000 characters"),
    ):
        done = program.run("draft", "-", stdin=draft)
        assert done.returncode == 1
        assert sentence in done.stderr
    assert json.loads(program.good("list", "--json")) == []


def test_a_company_with_an_invalid_currency_is_not_created(program: Program, tmp_path: Path) -> None:
    other = tmp_path / "other.facturier"
    done = program.run("new", str(other), "--name", "A", "--email", "a@b.example", "--currency", "XXY")
    assert done.returncode == 1
    assert "“XXY” is not a currency" in done.stderr
    assert not other.exists()


def test_wrong_usage_is_status_2(program: Program) -> None:
    assert program.run("send").returncode == 2
    assert program.run("list", "--status", "nonsense").returncode == 2
    unknown = program.run("alert")
    assert unknown.returncode == 2
    assert "“alert” is neither a command nor a company file. Did you mean “" in unknown.stderr
    # Only a verb that is one typing error away is suggested.
    said = program.run("sned").stderr
    assert "Did you mean" in said
    assert " send”?" in said
    assert "Did you mean" not in program.run("report").stderr


def test_a_file_that_is_not_a_company_is_reported(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("shopping list\n" * 20)
    done = Program(tmp_path / "home").run("--company", str(other), "list")
    assert done.returncode == 1
    assert "is not a Facturier company" in done.stderr
    assert other.read_text() == "shopping list\n" * 20


def test_french_is_chosen_by_the_locale(program: Program) -> None:
    french = Program(program.home, program.google, program.company, {"LANG": "fr_CA.UTF-8"})
    assert "Facture @99 introuvable" in french.run("show", "@99").stderr


def test_a_backup_is_whole_and_private(program: Program, tmp_path: Path) -> None:
    add_drafts(program, DRAFT)
    copy = tmp_path / "copy.facturier"
    program.good("backup", str(copy))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert json.loads(program.good("--company", str(copy), "list", "--json"))[0]["customer"] == "Acme [EU] [/x]"
    assert program.run("backup", str(copy)).returncode == 1


def test_the_demo_company_opens_without_its_simulator(program: Program, tmp_path: Path) -> None:
    add_drafts(program, DRAFT)
    store = open_company(tmp_path / "me.facturier")
    sender = DefaultSender(kind="smtp", address="hello@me.example", host="invented.example")
    save_company(store, replace(read_company(store), practice=str(tmp_path / "sent"), sender=sender))
    alone = Program(program.home, company=program.company)

    assert "Acme" in alone.good("list")
    assert "demo: not checked; all email is saved in" in alone.good("doctor")
    assert "facturier practice --serve" in alone.run("send", "@1").stderr
    alone.good("backup", str(tmp_path / "copy.facturier"))
    assert "Restored" in alone.good("restore", str(tmp_path / "copy.facturier"))


def test_the_doctor_names_a_planted_trigger_and_removes_it(program: Program, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "me.facturier")) as database:
        database.execute("CREATE TRIGGER evil AFTER INSERT ON delivery BEGIN DELETE FROM pause; END")
    assert "trigger “evil”" in program.run("list").stderr
    told = program.run("doctor")
    assert told.returncode == 1
    assert "✗ Company file: Another program changed the structure" in told.stdout
    assert "Repaired: trigger “evil”." in program.run("doctor", "--repair").stdout
    assert program.good("list") == ""


def test_suggested_commands_work_in_the_users_shell(tmp_path: Path) -> None:
    plain = Program(tmp_path / "home")

    path = tmp_path / "Acme & Sons.facturier"
    new = ("new", str(path), "--name", "Acme", "--email", "a@acme.example", "--taxes")
    assert plain.run(*new, "XX").returncode == 2
    said = plain.good(*new, "qc")
    assert [rate.code for rate in read_company(open_company(path)).rates] == ["GST", "QST"]

    command = said.partition("Open it with: ")[2].strip()
    listed = subprocess.run(
        ["bash", "-c", f"{command} --help"], env=plain.environment, capture_output=True, text=True, check=False
    )
    assert listed.returncode == 0, listed.stderr
    todo = plain.run("list", "--company", "nowhere.facturier").stderr
    assert f"{sys.executable} -m facturier new PATH" in todo or "python -m facturier new PATH" in todo


def test_doctor_ticks_nothing_that_is_missing(tmp_path: Path) -> None:
    plain = Program(tmp_path / "home", company=tmp_path / "a.facturier")
    plain.good("new", str(tmp_path / "a.facturier"), "--name", "Acme", "--email", "a@acme.example")
    told = plain.good("doctor")
    assert "⚠ Default sender: none is set up, so nothing can be sent" in told
    assert "✓ Company file" in told
    assert not [line for line in told.splitlines() if line.startswith("✓") and ("none" in line or "no " in line)]


def test_typed_text_reaches_the_terminal_without_controls(program: Program) -> None:
    for arguments in (
        ["list", "--\x1b[31mred"],
        ["--company", "x\x1b]0;t\x07", "list"],
        ["x\x1b[31m"],
        ["show", "\x9b2J"],
    ):
        done = program.run(*arguments)
        assert done.returncode in {1, 2}
        assert not set(done.stdout + done.stderr) & set("\x1b\x07\x9b")


def test_output_that_cannot_be_written_ends_with_the_right_status(program: Program) -> None:
    for arguments, redirection, status in (
        ("--help", ">/dev/full", 1),
        ("doctor", ">/dev/full 2>/dev/full", 1),
        ("list --nonsense", "2>/dev/full", 2),
        ("nonsense", ">/dev/full 2>/dev/full", 2),
    ):
        done = program.shell(arguments, redirection)
        assert done.returncode == status
        assert "Exception ignored" not in done.stderr


def test_files_are_attached_listed_removed_and_sent(program: Program, tmp_path: Path) -> None:
    sheet, photo = tmp_path / "timesheet.pdf", tmp_path / "photo.jpg"
    sheet.write_bytes(b"%PDF-1.7 hours")
    photo.write_bytes(b"\xff\xd8")
    missing = program.run("draft", "-", "--attach", str(tmp_path / "no.pdf"), stdin=json.dumps(DRAFT))
    assert missing.returncode == 1
    assert "No such file or directory. No draft was created." in missing.stderr
    assert json.loads(program.good("list", "--json")) == []
    program.good("draft", "-", "--attach", str(sheet), stdin=json.dumps(DRAFT))
    program.good("attach", "@1", str(photo))
    assert program.good("attach", "@1").splitlines() == ["timesheet.pdf  1 KB", "photo.jpg  1 KB"]
    refused = program.run("attach", "@1", str(photo), "--remove", "other.pdf")
    assert refused.returncode == 1
    assert "no file “other.pdf”. Its files were not changed." in refused.stderr
    (kept,) = json.loads(program.good("attach", "@1", "--remove", "photo.jpg", "--json"))
    assert (kept["name"], kept["type"], kept["size"]) == ("timesheet.pdf", "application/pdf", 14)
    assert json.loads(program.good("show", "@1", "--json"))["attachments"] == [kept]
    assert "Attached: timesheet.pdf" in program.good("show", "@1")
