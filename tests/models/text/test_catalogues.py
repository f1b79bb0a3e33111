"""Translations: complete in every language, with all fields and marks kept."""

import ast
import gettext
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from facturier.models.text.i18n import LANGUAGES, _, catalogue, ngettext, speak
from hatch_build import compile_catalogues
from scripts.catalogues import KEYWORDS, ROOT, collected

FRENCH = ROOT / "facturier/locale/fr/LC_MESSAGES/facturier.po"
# The standard accounting terms, so that users of other programs find the words that they know.
WORDS = {
    "Save & send": "Enregistrer et envoyer",
    "From": "De",
    "To": "À",
    "Cc": "Cc",
    "Bcc": "Cci",
    "+ Add Gmail address…": "+ Ajouter une adresse Gmail…",
    "- Remove Gmail address…": "- Supprimer l’adresse Gmail…",
    "Connect a Google account to {company}": "Connecter un compte Google à {company}",
    "Account and settings": "Compte et paramètres",
    "Company": "Entreprise",
    "Contact info": "Coordonnées",
    "Company email": "Courriel de l’entreprise",
    "Email": "Courriel",
    "Invoice": "Facture",
    "Customer": "Client",
    "Item": "Article",
    "Rate": "Prix",
    "Terms": "Modalités",
    "Due": "Échéance",
    "Balance": "Solde",
    "PDF": "PDF",
    "Draft": "Brouillon",
    "draft": "brouillon",
    "Overdue {count}": "En retard {count}",
    "Paid": "Payée",
    "paid": "payée",
    "Void": "Annulée",
    "void": "annulée",
    "Delivery": "Envoi",
    "Outbox": "Boîte d’envoi",
    "Queued": "En attente",
    "Sending": "Envoi",  # in the settings; the status is "Sending…", in a column titled "Envoi"
    "Sending…": "En cours",
    "Sent": "Envoyée",
    "In doubt": "Incertaine",
    "Failed": "Échec",
    "Default sender": "Expéditeur par défaut",
    "Vault": "Coffre",
    "History": "Historique",
    "Alerts": "Alertes",
    "GST": "TPS",
    "QST": "TVQ",
}


pytestmark = pytest.mark.xdist_group("sources")  # one process, so that the sources are read only once


@pytest.fixture(scope="module")
def source() -> Catalog:
    return collected()


@pytest.fixture(scope="module")
def french() -> Catalog:
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def texts(message: Message) -> list[str]:
    """All forms of a translation."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return [form or "" for form in forms]


def pairs(french: Catalog) -> Iterator[tuple[str, str]]:
    """Each translation with its source text. For a plural, the source is the plural form, because it contains every
    field."""
    for message in french:
        if message.id:
            said = message.id if isinstance(message.id, str) else message.id[-1]
            yield from ((said, text) for text in texts(message))


def fields(text: str) -> set[tuple[str, str]]:
    """The fields in braces, with their names and formats."""
    return {(name, form or "") for _text, name, form, _conversion in Formatter().parse(text) if name is not None}


def test_every_language_but_the_source_has_a_catalogue() -> None:
    found = {path.parent.parent.name for path in ROOT.glob("facturier/locale/*/LC_MESSAGES/facturier.po")}
    assert found == LANGUAGES.keys() - {"en"}


def test_every_text_of_the_program_is_translated(source: Catalog, french: Catalog) -> None:
    missing = [
        message.id
        for message in source
        if message.id and (not (found := french.get(_one(message), message.context)) or not all(texts(found)))
    ]
    assert not missing, "run `make catalogues`, then translate these"


def test_no_text_is_in_an_uncollected_place() -> None:
    """The extractor does not find calls inside an f-string, so their text would stay English unnoticed."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno} {ast.unparse(call)}"
        for path in sorted((ROOT / "facturier").rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in KEYWORDS
        and any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert not hidden


def test_plurals_have_every_form(source: Catalog, french: Catalog) -> None:
    assert french.plural_expr == "(n > 1)"
    plurals = [message for message in source if isinstance(message.id, tuple | list)]
    assert plurals
    for message in plurals:
        found = french.get(_one(message))
        assert found is not None
        assert len(texts(found)) == french.num_plurals == 2, message.id


def test_nothing_is_fuzzy(french: Catalog) -> None:
    assert not [message.id for message in french if message.id and message.fuzzy]


def test_fields_match_the_source(french: Catalog) -> None:
    """Each form has the fields of one of the source's forms, because the singular may name one invoice where the plural
    counts."""
    assert not [
        (message.id, text)
        for message in french
        if message.id
        for text in texts(message)
        if fields(text) not in [fields(said) for said in ([message.id] if isinstance(message.id, str) else message.id)]
    ]


def test_marks_lines_and_spaces_match_the_source(french: Catalog) -> None:
    def kept(text: str) -> tuple[object, ...]:
        around = (text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :])
        return around, text.count("\n"), text.count("  "), text.count("**"), re.findall(r"--[a-z-]+", text)

    assert not [(said, text) for said, text in pairs(french) if kept(said) != kept(text)]


def test_french_typography_is_used(french: Catalog) -> None:
    def is_wrong(text: str) -> bool:
        """A straight apostrophe, English quotes, no no-break space before a colon or % or inside « », or a space before
        another mark: in Canada there is none."""
        text = re.sub(r"%\(\w+\)[sr]|%[sr]|http://\S*|\{\w*:\w+\}", "", text)  # fields with a mark of their own
        return bool(re.search(r"['“”]|[^\u00a0][%»]|[\s\u00a0][;!?]|«[^\u00a0]| :|[^\s\u00a0]:(?!\d|//)", text))

    assert not [text for _said, text in pairs(french) if is_wrong(text)]


def test_standard_accounting_terms_are_used(source: Catalog, french: Catalog) -> None:
    assert not [word for word in WORDS if word not in source]
    assert {word: french.get(word).string for word in WORDS} == WORDS  # type: ignore[union-attr]


def test_it_compiles_for_gettext(tmp_path: Path, french: Catalog) -> None:
    shutil.copytree(ROOT / "facturier/locale", tmp_path / "facturier/locale", ignore=shutil.ignore_patterns("*.mo"))
    assert [path.name for path in compile_catalogues(tmp_path)] == ["facturier.mo"]
    read = gettext.translation("facturier", tmp_path / "facturier/locale", languages=["fr"])
    assert [read.gettext(said) for said in WORDS] == list(WORDS.values())
    for message in french:
        if isinstance(message.id, tuple | list):
            assert [read.ngettext(message.id[0], message.id[1], count) for count in (0, 1, 2)] == [
                texts(message)[n] for n in (0, 0, 1)
            ]


def test_the_program_uses_it() -> None:
    assert catalogue("fr").gettext("Save & send") == "Enregistrer et envoyer", "compile first: make test"
    assert catalogue("en").gettext("Save & send") == "Save & send"
    try:
        speak("fr")
        assert _("Balance") == "Solde"
        assert ngettext("{count} alert", "{count} alerts", 0).format(count=0) == "0\u00a0alerte"
    finally:
        speak("en")
    assert _("Balance") == "Balance"


def _one(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
