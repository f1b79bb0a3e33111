"""Slips of the keys in the domains of the big public mail services: most of those domains exist, and some of them take
the mail, so that DNS warns of nothing."""

# Only names of five letters and more: shorter ones are one slip away from too many real domains.
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
_REAL = ("mail.com", "email.com", "e-mail.com", "ymail.com")  # mail services, too, though one slip away
_ONLY_COM = ("gmail", "icloud")
_CUT_SHORT = ("co", "cm", "om")  # countries, but after these names .com was meant


def meant_domain(domain: str) -> str | None:
    """The well-known domain that this one is a letter too many, too few, wrong or out of turn away from, else None."""
    typed = domain.lower()
    if typed in _KNOWN or typed in _REAL:
        return None
    name, _dot, ending = typed.partition(".")
    if name in _ONLY_COM:
        return f"{name}.com"
    slips = [known for known in _KNOWN if _one_slip(typed, known)]
    # A service's name spelled right, in a country that is not in the list, is that country's: yahoo.cz.
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
