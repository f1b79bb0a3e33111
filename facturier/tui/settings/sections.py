"""Every section of Account and settings, in the order of the list at the side."""

from facturier.models.language import LANGUAGES
from facturier.tui.settings.company import contact_info, look, payment
from facturier.tui.settings.entry import Section
from facturier.tui.settings.sales import languages, letter, numbers, printed, taxes
from facturier.tui.settings.sending import default_sender, gmail, undo
from facturier.tui.settings.users import users


def sections() -> tuple[Section, ...]:
    return (
        contact_info(),
        look(),
        payment(),
        gmail(),
        default_sender(),
        undo(),
        users(),
        numbers(),
        taxes(),
        *(printed(language) for language in LANGUAGES),
        *(letter(language) for language in LANGUAGES),
        languages(),
    )
