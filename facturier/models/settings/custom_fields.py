"""The custom fields of invoices as a person types them in the settings, and in the file."""

from typing import Any

from facturier.models.errors import InputError
from facturier.models.settings.company import CustomField
from facturier.models.store.damaged_rows import text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import LANGUAGES, N_, _, catalogue

MOST = 6
_LONGEST = 40
_HIDDEN = N_("not printed")


def custom_fields_text(fields: tuple[CustomField, ...]) -> str:
    """Return one line for each field, such as `Site` or `Cost centre (not printed)`."""
    return "\n".join(field.name if field.printed else f"{field.name} ({_(_HIDDEN)})" for field in fields)


def parse_custom_fields(typed: str) -> tuple[CustomField, ...]:
    """Parse what `custom_fields_text` writes, in any language.

    Raises InputError for more than `MOST` fields, for a name that occurs twice, and for a name that is too long.
    """
    hidden = [f"({catalogue(language).gettext(_HIDDEN)})" for language in LANGUAGES]
    found: dict[str, CustomField] = {}
    for line in typed.splitlines():
        name = clean(line)
        ending = next((end for end in hidden if name.casefold().endswith(end)), "")
        name = name.removesuffix(name[len(name) - len(ending) :] if ending else "").strip()
        if not name:
            if ending:
                raise InputError(_("Enter a name before “{words}”.").format(words=ending))
            continue
        if len(name) > _LONGEST:
            raise InputError(_("“{name}” is longer than {most} characters.").format(name=name, most=_LONGEST))
        if name.casefold() in found:
            raise InputError(_("“{name}” is listed twice.").format(name=name))
        found[name.casefold()] = CustomField(name, not ending)
    if len(found) > MOST:
        raise InputError(_("There can be at most {most} custom fields.").format(most=MOST))
    return tuple(found.values())


def read_custom_fields(stored: Any) -> tuple[CustomField, ...]:
    """Return the fields from their JSON form. Raises ValueError or TypeError if it is not valid."""
    found = tuple(CustomField(text(name), printed) for name, printed in stored)
    if len(found) > MOST or not all(field.name and isinstance(field.printed, bool) for field in found):
        raise ValueError("no custom fields")
    return found
