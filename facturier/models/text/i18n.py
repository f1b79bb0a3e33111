"""Translate text with gettext catalogues.

`_()` translates for the person at the screen, in the language that `speak()` chose for this process. Documents and
letters are in the customer's language: use `catalogue(language).gettext` for them.
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
    """Return the catalogue of one of LANGUAGES. Any other language gives English, the language of the source."""
    return gettext.translation("facturier", _folder, languages=[language], fallback=True)


def speak(language: str) -> None:
    """Set the language of `_()` for this process. Any language that is not in LANGUAGES sets English."""
    global _spoken, _language
    _language = language if language in LANGUAGES else "en"
    _spoken = catalogue(_language)


def spoken() -> str:
    """Return the current language of `_()`: a key of LANGUAGES."""
    return _language


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the locale (LC_ALL, LC_MESSAGES, LANG, in that order), or English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            language = value[:2].lower()
            return language if language in LANGUAGES else "en"
    return "en"


def name_command(command: str) -> None:
    """Set how `_()` writes the program's command, for example `.venv/bin/python -m facturier`."""
    global _command
    _command = "facturier" if set("{}") & set(command) else command  # braces would break the later str.format call


def _(message: str) -> str:
    return _with_command(_spoken.gettext(message))


def ngettext(one: str, many: str, count: int) -> str:
    return _with_command(_spoken.ngettext(one, many, count))


def pgettext(context: str, message: str) -> str:
    """Translate a text whose translation depends on what it is about, such as `Sent` of an invoice or of a reminder."""
    return _with_command(_spoken.pgettext(context, message))


def labelled(label: str, text: object) -> str:
    """Return `label: text`. French has a no-break space before a colon."""
    return f"{label}\u00a0: {text}" if _language == "fr" else f"{label}: {text}"


def _with_command(text: str) -> str:
    if _command == "facturier" or "facturier " not in text:
        return text
    return _NAMED.sub(lambda _found: f"{_command} ", text)


def N_(message: str) -> str:
    """Mark a text for the catalogue without translating it yet."""
    return message
