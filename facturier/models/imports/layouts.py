"""Know the CSV files of other programs by their columns, and guess the fields of any other.

Columns are named by their key (`key_of`), because programs differ in case and punctuation between versions.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from facturier.models.imports.csv_table import key_of
from facturier.models.imports.fields import FIELDS, Kind
from facturier.models.text.i18n import N_

Columns = Mapping[str, tuple[str, ...]]  # the keys of the columns that a field is read from, by the field's name


class Layout(NamedTuple):
    """The export of one program. A header has it if it has all columns of one of `marks`. `others` says whether
    fields that `columns` does not name are guessed."""

    name: str
    marks: tuple[frozenset[str], ...]
    columns: Columns
    others: bool = False


def _numbered(pattern: str, most: int = 5) -> tuple[str, ...]:
    return tuple(pattern.format(number) for number in range(1, most + 1))


_GOOGLE_ADDRESS: Columns = {
    "street": ("address 1 street", "address 1 extended address", "address 1 po box"),
    "city": ("address 1 city",),
    "region": ("address 1 region",),
    "postcode": ("address 1 postal code",),
    "country": ("address 1 country",),
    "address": ("address 1 formatted",),
    "email": _numbered("e mail {} value"),
    "telephone": _numbered("phone {} value"),
    "notes": ("notes",),
}
_OUTLOOK: Columns = {
    "company": ("company",),
    "first_name": ("first name", "middle name"),
    "last_name": ("last name",),
    "email": ("e mail address", "e mail 2 address", "e mail 3 address"),
    "telephone": (
        "business phone",
        "company main phone",
        "primary phone",
        "mobile phone",
        "business phone 2",
        "home phone",
    ),
    "street": ("business street", "business street 2", "business street 3"),
    "city": ("business city",),
    "region": ("business state",),
    "postcode": ("business postal code",),
    "country": ("business country region", "business country"),
    "language": ("language",),
    "notes": ("notes",),
}
# "Adresse de courrier" in recent versions.
_OUTLOOK_FR: Columns = {
    "company": ("societe",),
    "first_name": ("prenom", "deuxieme prenom"),
    "last_name": ("nom",),
    "email": (
        *("adresse de messagerie", "adresse de messagerie 2", "adresse de messagerie 3"),
        *("adresse de courrier", "adresse de courrier 2", "adresse de courrier 3"),
    ),
    "telephone": ("telephone bureau", "telephone societe", "tel mobile", "telephone 2 bureau", "telephone domicile"),
    "street": ("rue bureau", "rue bureau 2", "rue bureau 3"),
    "city": ("ville bureau",),
    "region": ("dep region bureau",),
    "postcode": ("code postal bureau",),
    "country": ("pays region bureau",),
    "language": ("langue",),
    "notes": ("notes",),
}

_CUSTOMERS = (
    Layout(
        "Facturier",
        (frozenset({"name", "terms", "tax", "business number", "qst number", "vat id"}),),
        {"tax": ("tax",)},
        others=True,
    ),
    Layout(
        N_("Google Contacts"),
        (frozenset({"labels", "first name", "organization name"}),),
        {
            **_GOOGLE_ADDRESS,
            "company": ("organization name",),
            "first_name": ("first name", "middle name"),
            "last_name": ("last name",),
        },
    ),
    Layout(
        N_("Google Contacts, older layout"),
        (frozenset({"given name", "family name", "group membership"}),),
        {
            **_GOOGLE_ADDRESS,
            "company": ("organization 1 name",),
            "contact": ("name",),
            "first_name": ("given name", "additional name"),
            "last_name": ("family name",),
            "language": ("language",),
        },
    ),
    Layout(N_("Outlook"), (frozenset({"e mail address", "last name", "company"}),), _OUTLOOK),
    Layout(
        N_("Outlook"),
        (
            frozenset({"adresse de messagerie", "nom", "societe"}),
            frozenset({"adresse de courrier", "nom", "societe"}),
        ),
        _OUTLOOK_FR,
    ),
    Layout(
        N_("Invoice Ninja"),
        (frozenset({"name", "balance", "paid to date"}),),
        {
            "street": ("billing street", "billing apt suite"),
            "vat_id": ("vat number",),
            "notes": ("private notes", "public notes"),
        },
        others=True,
    ),
    Layout(
        N_("QuickBooks Online"),
        (
            frozenset({"name", "opening balance"}),
            frozenset({"name", "open balance"}),
            frozenset({"name", "company name", "street address"}),
            frozenset({"customer", "phone numbers"}),
            frozenset({"customer full name"}),
            frozenset({"nom", "solde d ouverture"}),
        ),
        {},
        others=True,
    ),
)
_ITEMS = (
    Layout("Facturier", (frozenset({"name", "sku", "description fr", "rate", "tax"}),), {"tax": ("tax",)}, others=True),
    Layout(
        N_("Invoice Ninja"),
        (frozenset({"product", "notes", "cost"}), frozenset({"product key", "notes", "cost"})),
        {"name": ("product", "product key"), "description": ("notes",), "rate": ("price", "cost")},
        others=True,
    ),
    Layout(
        N_("QuickBooks Online"),
        (
            frozenset({"product service name"}),
            frozenset({"product service"}),
            frozenset({"name", "sales description"}),
            frozenset({"sales price rate"}),
            frozenset({"nom du produit service"}),
        ),
        {},
        others=True,
    ),
)
LAYOUTS = {Kind.CUSTOMERS: _CUSTOMERS, Kind.ITEMS: _ITEMS}

# Other names of columns, in English and French; the names and labels of the fields are known too.
_GUESSED: Mapping[Kind, Columns] = {
    Kind.CUSTOMERS: {
        "name": (
            *("name", "customer", "customer name", "client", "client name", "display name", "full name"),
            *("customer full name", "account name", "nom", "nom du client", "nom complet", "raison sociale"),
        ),
        "company": (
            "company",
            "company name",
            "organization",
            "organisation",
            "business name",
            "societe",
            "entreprise",
        ),
        "first_name": ("first name", "given name", "contact first name", "prenom"),
        "last_name": ("last name", "surname", "family name", "contact last name", "nom de famille"),
        "contact": ("contact", "contact name", "attention", "personne ressource"),
        "email": (
            *("email", "e mail", "email address", "e mail address", "main email", "contact email", "emails"),
            *("courriel", "adresse courriel", "adresse de courriel", "adresse e mail", "mail"),
        ),
        "cc": ("cc", "cc email"),
        "bcc": ("bcc", "cci", "bcc email"),
        "telephone": (
            *("phone", "telephone", "phone number", "phone numbers", "main phone", "phone 2", "work phone"),
            *("contact phone", "mobile", "mobile phone", "tel", "no de telephone", "cellulaire"),
        ),
        "street": (
            *("street", "street address", "billing street", "address 1", "address line 1", "rue", "adresse 1"),
            *("street 2", "billing apt suite", "apt suite", "address 2", "address line 2", "adresse 2"),
        ),
        "address": ("address", "billing address", "bill to", "bill address", "adresse", "adresse de facturation"),
        "city": ("city", "billing city", "town", "city town", "ville"),
        "region": (
            *("state", "province", "province territory", "state province", "billing state province", "region"),
            *("billing state", "state province region", "province ou etat"),
        ),
        "postcode": (
            *("zip", "zip code", "postal code", "billing postal code", "postcode", "billing zip", "code postal"),
            *("zip postal code",),
        ),
        "country": ("country", "billing country", "pays"),
        "ship_to": ("shipping address", "ship to", "ship address", "adresse de livraison"),
        "language": ("language", "langue"),
        "currency": ("currency", "currency code", "devise"),
        "terms": ("terms", "payment terms", "modalites", "conditions"),
        "business_number": ("business number", "gst number", "numero d entreprise"),
        "qst_number": ("qst number", "numero de tvq"),
        "vat_id": ("vat number", "vat id", "vat", "numero de tva"),
        "notes": ("notes", "note", "private notes", "remarques"),
    },
    Kind.ITEMS: {
        "name": (
            *("product service name", "product service", "item", "item name", "product", "product name", "product key"),
            *("name", "article", "produit", "nom du produit service", "produit service", "nom"),
        ),
        "sku": ("sku", "item code", "code", "ugs", "reference"),
        "description": ("sales description", "description", "notes", "description de vente"),
        "description_fr": ("description fr", "french description", "description francaise"),
        "unit": ("unit", "unit of measure", "uom", "unite"),
        "rate": (
            *("sales price rate", "sales price", "price rate", "price", "unit price", "rate", "sales rate"),
            *("prix", "taux", "prix unitaire", "prix de vente", "prix taux de vente", "prix de vente taux"),
        ),
        "tax": (),
    },
}


def known_columns(kind: Kind) -> frozenset[str]:
    """Return the keys of all columns that some layout or guess names."""
    found = {key for layout in LAYOUTS[kind] for mark in layout.marks for key in mark}
    return frozenset(
        found.union(*_GUESSED[kind].values(), *(keys for one in LAYOUTS[kind] for keys in one.columns.values()))
    )


def recognise(header: Iterable[str], kind: Kind) -> Layout | None:
    """Return the layout of a header, or None."""
    keys = {key_of(name) for name in header}
    return next((layout for layout in LAYOUTS[kind] if any(mark <= keys for mark in layout.marks)), None)


def fields_of(header: tuple[str, ...], kind: Kind, layout: Layout | None) -> dict[str, tuple[int, ...]]:
    """Return the places of the columns that each field is read from, the first choice first.

    A layout names them; for an unknown one they are guessed from the names of the columns.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(key_of(name), place)
    columns = dict(_GUESSED[kind]) if layout is None or layout.others else {}
    if layout is not None:
        columns |= layout.columns
    elif kind is Kind.CUSTOMERS and any(key in places for key in columns["company"]):
        # Beside a company, a name is that of a person. (In QuickBooks, it is the customer's.)
        columns |= {"name": (), "contact": (*columns["contact"], *columns["name"])}
    found = {field: tuple(places[key] for key in columns.get(field, ()) if key in places) for field in FIELDS[kind]}
    used: set[int] = set()  # a column is guessed for one field only
    for field, at in found.items():
        found[field] = tuple(place for place in at if place not in used)
        used.update(found[field])
    return {field: at for field, at in found.items() if at}
