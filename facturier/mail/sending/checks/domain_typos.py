"""Detect typing errors in the domains of large public mail services.

Most of the mistyped domains exist, and some of them receive mail, so DNS gives no warning.
"""

# Only names of at least five letters, because too many real domains are one typing error away from shorter ones.
_KNOWN = (
    "gmail.com",
    "hotmail.com",
    "hotmail.ca",
    "hotmail.fr",
    "hotmail.co.uk",
    "outlook.com",
    "outlook.fr",
    "yahoo.com",
    "yahoo.ca",
    "yahoo.fr",
    "yahoo.co.uk",
    "icloud.com",
    "protonmail.com",
    "proton.me",
    "videotron.ca",
    "sympatico.ca",
    "wanadoo.fr",
    "laposte.net",
)
_REAL = ("mail.com", "email.com", "e-mail.com", "ymail.com")  # real mail services one typing error away from others
_ONLY_COM = ("gmail", "icloud")
_CUT_SHORT = ("co", "cm", "om")  # country domains, but after one of these names .com was meant


def meant_domain(domain: str) -> str | None:
    """Return the well-known domain that was probably meant, or None.

    It differs by one letter that is missing, added or wrong, or by two adjacent letters that are swapped.
    """
    typed = domain.lower()
    if typed in _KNOWN or typed in _REAL:
        return None
    name, _dot, ending = typed.partition(".")
    if name in _ONLY_COM:
        return f"{name}.com"
    slips = [known for known in _KNOWN if _one_slip(typed, known)]
    # A known service with a country that is not in the list belongs to that country, such as yahoo.cz.
    if any(name == known.partition(".")[0] for known in slips) and len(ending) == 2 and ending not in _CUT_SHORT:
        return None
    return slips[0] if slips else None


def _one_slip(typed: str, meant: str) -> bool:
    if len(typed) == len(meant):
        wrong = [place for place, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
        turned = len(wrong) == 2 and typed[wrong[0] : wrong[1] + 1] == meant[wrong[0] : wrong[1] + 1][::-1]
        return len(wrong) == 1 or (turned and wrong[1] == wrong[0] + 1)
    shorter, longer = sorted((typed, meant), key=len)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
