"""Who a login is: the full name that the operating system knows it by."""

from functools import cache

from facturier.models.clean import clean


@cache
def full_name(login: str) -> str:
    """“Marie Tremblay (marie)”, or the login alone where this machine knows no other name for it (passwd(5), GECOS)."""
    try:
        import pwd

        gecos = pwd.getpwnam(login).pw_gecos.split(",")[0]
    except (ImportError, KeyError, ValueError):
        gecos = ""
    # An ampersand stands for the login itself, by an old custom.
    name = clean(gecos.replace("&", login.capitalize()))
    return f"{name} ({clean(login)})" if name and name != clean(login) else clean(login)
