"""Estimates on the command line: from JSON to the last invoice."""

import json
from pathlib import Path

import pytest

from facturier.models.errors import InputError, StoreError
from facturier.tui.terminal.exit_status import DONE, REFUSED, WRONG_USAGE
from tests.tui.cli.running import run
from tests.tui.support.sample import Shop


def test_an_estimate_is_drafted_answered_and_billed(shop: Shop, tmp_path: Path) -> None:
    lines = [{"description": "Work", "rate": "200", "tax": "GST"}, {"description": "Parts", "rate": "99.99"}]
    fields = {"kind": "estimate", "customer": {"name": "Acme"}, "date": "2026-11-24", "lines": lines}
    file = tmp_path / "estimate.json"
    file.write_text(json.dumps(fields))
    run(shop, tmp_path, "draft", str(file))
    with pytest.raises(StoreError, match="still a draft"):
        run(shop, tmp_path, "estimate", "accept", "@1")
    run(shop, tmp_path, "issue", "@1")
    status, said, _told = run(shop, tmp_path, "estimate", "accept", "E-1", "--date", "2026-11-25", "--json")
    found = json.loads(said)
    assert (found["number"], found["status"], found["answer"]) == ("E-1", "accepted", "accepted")
    assert (found["valid_until"], found["total"], found["delivery"]) == ("2026-12-24", 30999, "not_sent")

    def billed(*how: str) -> dict[str, object]:
        status, said, _told = run(shop, tmp_path, "estimate", "invoice", "E-1", *how, "--json")
        assert status == DONE
        return dict(json.loads(said))

    assert billed("--percent", "30") == {"id": 2, "estimate": 1, "total": 9300, "total_text": "93.00"}
    assert billed("--lines", "2")["total_text"] == "69.99"
    assert billed()["total_text"] == "147.00"
    status, said, told = run(shop, tmp_path, "estimate", "invoice", "E-1")
    assert (status, said) == (REFUSED, "")
    assert told == (
        "The invoices would come to more than estimate E-1. No invoice was created. To create it anyway, add --anyway\n"
    )
    status, said, told = run(shop, tmp_path, "estimate", "invoice", "E-1", "--lines", "2", "--anyway")
    assert said == "@5: draft invoice for CAD 99.99. Send it with: facturier send @5\n"
    shown = json.loads(run(shop, tmp_path, "show", "E-1", "--json")[1])
    assert (shown["kind"], shown["answered"], shown["billed_percent"]) == ("estimate", "2026-11-25", 100)
    assert shown["invoices"] == ["@2", "@3", "@4", "@5"]
    assert "billed 100%" in run(shop, tmp_path, "estimate", "--search", "acme")[1]
    assert run(shop, tmp_path, "estimate", "--search", "nobody")[1] == ""
    assert "E-1" not in run(shop, tmp_path, "list")[1]
    assert run(shop, tmp_path, "numbers")[0] == DONE


def test_a_declined_estimate_and_wrong_calls(shop: Shop, tmp_path: Path) -> None:
    fields = {"kind": "estimate", "customer": {"name": "Acme"}, "lines": [{"description": "Work", "rate": "10"}]}
    file = tmp_path / "estimate.json"
    file.write_text(json.dumps(fields))
    run(shop, tmp_path, "draft", str(file))
    run(shop, tmp_path, "issue", "@1")
    assert "declined" in run(shop, tmp_path, "estimate", "decline", "E-1")[1]
    assert run(shop, tmp_path, "estimate", "invoice", "E-1")[0] == REFUSED
    assert "expired" not in run(shop, tmp_path, "estimate", "reopen", "E-1")[1]
    assert run(shop, tmp_path, "estimate", "invoice", "E-1", "--percent", "5", "--lines", "1")[0] == WRONG_USAGE
    assert run(shop, tmp_path, "estimate", "accept")[0] == WRONG_USAGE
    for arguments in (("accept", "E-1", "--date", "soon"), ("invoice", "E-1", "--percent", "many")):
        with pytest.raises(InputError):
            run(shop, tmp_path, "estimate", *arguments)
    file.write_text(json.dumps(fields | {"kind": "recurring"}))
    with pytest.raises(InputError, match="Unknown kind of draft"):
        run(shop, tmp_path, "draft", str(file))
