"""Users: the people who send for the company."""

from facturier.models.language import N_
from facturier.tui.settings.entry import Section


def users() -> Section:
    return Section(
        "users",
        N_("Users"),
        N_("Users"),
        (),
        N_("Whoever may write the company file keeps the books. To send, a person must be admitted here."),
    )
