"""What terminals send for a paste, and how the program reads it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste

from facturier.tui.terminal.pasting import PasteParser, as_copied

START, END = "\x1b[200~", "\x1b[201~"


def events(*chunks: str) -> list[str]:
    """Return the events for these pieces of input: pasted texts in brackets, and the names of keys."""
    parser = PasteParser()
    found = [event for chunk in chunks for event in parser.feed(chunk)]
    return [
        f"[{event.text}]" if isinstance(event, Paste) else event.key
        for event in found
        if isinstance(event, Key | Paste)
    ]


@pytest.mark.parametrize(
    ("sent", "copied"),
    [
        ("a\x1b[106;5ub\x1b[13;1uc\x1b[13ud", "a\nb\rc\rd"),
        ("a\x1b[27;5;106~b\x1b[27;2;65~\x1b[27;1;13~", "a\nbA\r"),
        ("a\x1b[9;1ub\x1b[9u", "a\tb\t"),
        ("\x1b[97;2u\x1b[97:65;2u\x1b[50:64;2u\x1b[32;2u", "AA@ "),
        ("\x1b[233;1u\x1b[8364u\x1b[0;;233:769u", "é€é\u0301"),
        ("\x1b[97;1:1u\x1b[97;1:3u", "a"),
        ("\x1b[57358u\x1b[57441;2u\x1b[u\x1b[;u", ""),
        ("red \x1b[31mletters\x1b[0m and \x1b an ESC", "red letters and  an ESC"),
        ("\x1b[1114112u\x1b[99999999999u\x1b[55296u", ""),
        (f"\x1b[{'9' * 5000}u\x1b[{'1;' * 5000}u", ""),
    ],
)
def test_encoded_keys_in_a_paste_are_the_characters_they_stand_for(sent: str, copied: str) -> None:
    assert as_copied(sent) == copied
    assert events(START + sent + END) == [f"[{copied}]"]


def test_keys_before_and_after_a_paste_keep_their_order() -> None:
    paste = "a@example.com\x1b[106;5ub@example.com\x1b[106;5uc@example.com"
    assert events("x" + START + paste + END + "y\x1b[A" + START + "2" + END + "\x1b[106;5u") == [
        "x",
        "[a@example.com\nb@example.com\nc@example.com]",
        "y",
        "up",
        "[2]",
        "ctrl+j",
    ]


@given(st.lists(st.integers(0, 80)))
def test_it_does_not_matter_where_what_is_sent_is_cut(cuts: list[int]) -> None:
    sent = "x" + START + "a\x1b[106;5ub\x1b[13;1uc" + END + "y" + START + "z" + END + "w"
    places = [0, *sorted(cuts), len(sent)]
    chunks = [sent[one:other] for one, other in pairwise(places)]
    assert events(*(chunk for chunk in chunks if chunk)) == ["x", "[a\nb\rc]", "y", "[z]", "w"]


@given(st.text(st.sampled_from("\x1b[;:u~m0123456789ab\n\r\t\x9b"), max_size=60))
def test_no_paste_leaves_an_escape_or_becomes_keys(sent: str) -> None:
    text = sent.replace(END, "").replace(START, "")
    if END in text or START in text:
        return
    (event,) = events(START + text + END) or ["[]"]
    assert event.startswith("[")
    assert "\x1b" not in event
