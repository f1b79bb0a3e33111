"""The reader's language, from gettext catalogues.

`_()` speaks to the person at the screen, in the one language that `speak()` chose for this process. A document or a
letter is in the customer's language instead: take `catalogue(language)` and call its `gettext` by name.
"""

import gettext
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "fr": "Français"}

_folder = Path(__file__).parent.parent.parent / "locale"
_spoken: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"
_command = "facturier"
# A command in a sentence: “facturier post”, facturier {path}, facturier --help, facturier PATH.
_NAMED = re.compile(r"\bfacturier (?=[a-z{-]|[A-Z]{2})")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of one of LANGUAGES; English, which the source is written in, for any other."""
    return gettext.translation("facturier", _folder, languages=[language], fallback=True)


def speak(language: str) -> None:
    """Choose the language of `_()` for this process."""
    global _spoken, _language
    _language = language if language in LANGUAGES else "en"
    _spoken = catalogue(_language)


def spoken() -> str:
    """The language that `_()` speaks now: a key of LANGUAGES."""
    return _language


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """The language that the locale asks for (LC_ALL, LC_MESSAGES, LANG, in that order), else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            language = value[:2].lower()
            return language if language in LANGUAGES else "en"
    return "en"


def name_command(command: str) -> None:
    """Choose what the commands that `_()` names begin with, such as `.venv/bin/python -m facturier`."""
    global _command
    _command = "facturier" if set("{}") & set(command) else command  # texts with fields are still to be filled in


def _(message: str) -> str:
    return _with_command(_spoken.gettext(message))


def ngettext(one: str, many: str, count: int) -> str:
    return _with_command(_spoken.ngettext(one, many, count))


def _with_command(text: str) -> str:
    if _command == "facturier" or "facturier " not in text:
        return text
    return _NAMED.sub(lambda _found: f"{_command} ", text)


def N_(message: str) -> str:
    """Mark a text for the catalogue without translating it yet."""
    return message
