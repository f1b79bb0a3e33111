"""The user guide: its commands run, its keys exist, and its texts in italics are on the screens. So is the README."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from facturier.models.company.save_settings import save_company
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.text.i18n import catalogue
from tests.whole.program import ROOT, Program
from tests.whole.setting_up import add_drafts, make_company

GUIDE = ROOT / "docs/guide"
PAGES = sorted(GUIDE.rglob("*.md"))
CATALOGUE = ROOT / "facturier/locale/fr/LC_MESSAGES/facturier.po"
KEYS_PAGE = ROOT / "docs/keys.md"  # made from the bindings; test_keys_page.py checks it

# These install Facturier or open its screens, which other tests do.
SCREENS = {"make run", "pipx install .", "NO_COLOR=1 facturier", "FACTURIER_GLYPHS=ascii facturier"}
# These need an account at Google; test_command_line.py runs them with the simulator.
GOOGLE = {"facturier connect --client client_secret.json"}

DRAFT = {
    "customer": {"name": "Boulangerie Tremblay", "email": "compta@tremblay.example"},
    "lines": [{"description": "Consulting", "quantity": "2", "rate": "150.00"}],
}
FRENCH_KEYS = {"Entrée": "Enter", "Échap": "Esc", "Espace": "Space", "Suppr": "Delete"}
FRENCH_MODIFIERS = {"Maj+": "Shift+"}
KEY = re.compile(r".|F\d{1,2}|(?:Ctrl|Alt|Shift|Maj)\+.+|Enter|Esc|Space|Delete|Tab|Home|End|" + "|".join(FRENCH_KEYS))
SIGNS = {"⏎", "␣"}  # how the last line of a screen writes Enter and Space
NO_BINDING = {"Tab"}  # goes to the next field in every form, as in other programs

README = ROOT / "README.md"
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(GUIDE)))
pages_and_readme = pytest.mark.parametrize("page", [*PAGES, README], ids=lambda page: str(page.relative_to(ROOT)))


def language_of(page: Path) -> str:
    return "fr" if page.parent.name == "fr" else "en"


def text(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[str]:
    """The lines of the shell blocks that can be run here."""
    found = re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in found for line in block.splitlines() if line not in SCREENS | GOOGLE]


def all_commands(language: str) -> list[str]:
    return [line for page in sorted((GUIDE / language).glob("*.md")) for line in commands(page)]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A new company with a draft and a folder to send to; `facturier` is on the path."""
    stub = tmp_path / "bin/facturier"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m facturier "$@"\n')
    stub.chmod(0o755)
    more = {"HOME": str(tmp_path), "PATH": f"{stub.parent}:/usr/bin:/bin"}
    program = Program(tmp_path / "own", company=tmp_path / "mine.facturier", more=more)
    make_company(program, "Acme Conseil inc.")
    (tmp_path / "sent").mkdir()
    (tmp_path / "contacts.csv").write_text("Name,Email\nCafé Noir,a@noir.example\n", encoding="utf-8")
    store = open_company(tmp_path / "mine.facturier")
    sender = DefaultSender(kind="folder", address="hello@me.example", folder=str(tmp_path / "sent"))
    save_company(store, replace(read_company(store), sender=sender))
    add_drafts(program, DRAFT)
    return program


@pages
def test_the_commands_run_in_their_order(page: Path, program: Program, tmp_path: Path) -> None:
    # The French pages repeat most commands of the English ones, which take a process each.
    repeated = set(all_commands("en")) if language_of(page) == "fr" else set()
    for command in commands(page):
        if command in repeated:
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_the_list_of_commands_that_are_not_run_has_no_others() -> None:
    whole = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert not [line for line in SCREENS | GOOGLE if f"\n{line}\n" not in whole]


def test_both_languages_show_the_same_commands_and_keys() -> None:
    english, french = ({*all_commands(language)} for language in ("en", "fr"))
    assert {line.removesuffix(" --language fr") for line in french} == english
    shown = [{key for page in PAGES if language_of(page) == one for key in keys(page)} for one in ("en", "fr")]
    assert shown[0] == shown[1]


def keys(page: Path) -> Iterator[str]:
    """The keys that the page names, in the words of the page of keys."""
    for span in re.findall(r"`([^`\n]+)`", text(page)):
        if KEY.fullmatch(span) and span not in SIGNS | NO_BINDING:
            yield english_key(span)


def english_key(shown: str) -> str:
    for french, english in FRENCH_MODIFIERS.items():
        shown = shown.replace(french, english)
    return FRENCH_KEYS.get(shown, shown)


def bindings() -> set[tuple[str, str]]:
    """Each key with the English name of what it does."""
    found = re.findall(r"^\| (.+) \| \*\*(.+?)\*\*", KEYS_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {(key, name) for shown, name in found for key in re.findall(r"`([^`]+)`", shown)}


@pages_and_readme
def test_the_keys_exist(page: Path) -> None:
    known = {key for key, _name in bindings()}
    assert not [key for key in keys(page) if key not in known]


@pages
def test_the_keys_of_the_tables_do_what_the_tables_say(page: Path) -> None:
    language = catalogue(language_of(page))
    known = {(key, language.gettext(name)) for key, name in bindings()}
    rows = re.findall(r"^\| `([^`]+)` \| \*([^*]+)\* \|", text(page), re.MULTILINE)
    assert not [row for key, name in rows if (row := (english_key(key), name)) not in known]


@pages_and_readme
def test_the_texts_in_italics_are_on_the_screens(page: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "", text(page))
    quoted = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", prose)
    exact, templates = screen_texts(language_of(page))
    assert quoted
    assert not [one for one in quoted if one not in exact and not any(like.fullmatch(one) for like in templates)]


def screen_texts(language: str) -> tuple[set[str], list[re.Pattern[str]]]:
    """The texts of a language, with plain spaces; and those with fields, such as `Net {days}`, as patterns."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="fr") if message.id]
    found = [message.id if language == "en" else message.string for message in messages]
    forms = [form for one in found for form in ([one] if isinstance(one, str) else one or [])]
    plain = {form.replace("\xa0", " ") for form in forms}
    fields = [form for form in plain if "{" in form and re.search(r"\w{3}", re.sub(r"\{\w+\}", "", form))]
    return plain, [re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", form)))) for form in fields]
