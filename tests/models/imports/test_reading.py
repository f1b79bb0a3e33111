"""Files in the exact shape in which other programs export contacts and products."""

import codecs

import pytest

from facturier.models.errors import InputError
from facturier.models.imports.customer_values import customer_values
from facturier.models.imports.fields import Kind
from facturier.models.imports.reading import Source, read_source
from facturier.models.imports.row import MOST_BYTES
from tests.models.imports import cards

GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,"
    "Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,"
    "Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,"
    "Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address\r\n"
    'Marie,,Tremblay,,,,,,,,Boulangerie Tremblay,,,,"Ferme\r\nle lundi",,* myContacts,* Work,'
    "compta@tremblay.example ::: marie@tremblay.example,Other,caisse@tremblay.example,"
    "Mobile,514 555-0100 ::: 514 555-0101,"
    'Work,"12 rue Principale\r\nMontréal, QC H2X 1Y4\r\nCA",12 rue Principale,Montréal,,QC,H2X 1Y4,CA,\r\n'
    ",,,,,,,,,,,,,,,,* Other Contacts,* ,someone@else.example,,,,,,,,,,,,,\r\n"
)
GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,"
    "Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,Gender,Location,Billing Information,"
    "Directory Server,Mileage,Occupation,Hobby,Sensitivity,Priority,Subject,Notes,Language,Photo,Group Membership,"
    "E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Address 1 - Type,Address 1 - Formatted,"
    "Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,"
    "Address 1 - Country,Address 1 - Extended Address,Organization 1 - Type,Organization 1 - Name,"
    "Organization 1 - Yomi Name,Organization 1 - Title\n"
    "Ann Lee,Ann,,Lee,,,,,,,,,,,,,,,,,,,,,,Likes tea,fr,,* myContacts,* Work,ann@lee.example,Mobile,'+1 604 555 0111,"
    "Work,,5 Main St,Vancouver,PO Box 3,BC,V5K 0A1,Canada,,,Lee & Co,,Owner\n"
)
OUTLOOK = (
    '"Title","First Name","Middle Name","Last Name","Suffix","Company","Department","Job Title","Business Street",'
    '"Business Street 2","Business City","Business State","Business Postal Code","Business Country/Region",'
    '"Business Phone","Mobile Phone","E-mail Address","E-mail Type","E-mail Display Name","E-mail 2 Address","Notes",'
    '"Language"\r\n'
    '"Dr.","Sam","","Roy","","Roy Clinic","","","1 Bay St","Floor 2","Toronto","ON","M5J 2N8","Canada",'
    '"416 555 0100","","sam@roy.example","SMTP","Sam Roy (sam@roy.example)","/o=ExchangeLabs/ou=x/cn=sam","",'
    '"English (Canada)"\r\n'
)
OUTLOOK_FR = (
    "Titre;Prénom;Deuxième prénom;Nom;Suffixe;Société;Service;Titre;Rue (bureau);Rue (bureau) 2;Ville (bureau);"
    "Dép/Région (bureau);Code postal (bureau);Pays/Région (bureau);Téléphone (bureau);Adresse de messagerie;Notes\r\n"
    ";Zoé;;Côté;;Côté Communications;;;8 rue du Port;;Lévis;Québec;G6V 1A1;Canada;418 555-0102;zoe@cote.example;\r\n"
)
NINJA = (
    '"Invoice Ninja v4.5.17 - December 19, 2020 11:28 pm","","","","","","","","","","","","","",""\n'
    '"","","","","","","","","","","","","","",""\n"CLIENTS","","","","","","","","","","","","","",""\n'
    '"Name","Balance","Paid to Date","Billing Street","Billing Apt/Suite","Billing City","Billing State/Province",'
    '"Billing Postal Code","Billing Country","VAT Number","Phone","Currency","Private Notes","First Name","Last Name",'
    '"Email","Phone"\n'
    '"Nord Ltd","$-142.85","$205.15","371 Summit","Suite 612","Regina","SK","S4P 3Y2","Canada","","","US Dollar","x",'
    '"Kim","Olsen","kim@nord.example","306-555-0100"\n'
)
QBO = (
    "Name,Company,Email,Phone,Mobile,Fax,Website,Street,City,Province/Territory,Postal Code,Country,Opening Balance,"
    "Opening Balance Date,Tax ID\n"
    'Gale Foods,Gale Foods Inc.,"ap@gale.example, boss@gale.example",(902) 555-0100,,,,1 Wharf,Halifax,NS,B3H 1A1,'
    "Canada,0.00,01/01/2026,\n"
)


def read(text: str | bytes, kind: Kind = Kind.CUSTOMERS, mapping: str = "") -> Source:
    return read_source(text.encode() if isinstance(text, str) else text, "contacts.csv", kind, mapping)


def fields(source: Source, place: int = 0) -> dict[str, object]:
    values = customer_values(source.rows[place])
    assert not values.faults
    return {**values.fields, **({"more": values.more} if values.more else {})}


def test_google_contacts_are_read_in_both_layouts() -> None:
    new = read("\ufeff" + GOOGLE_NEW)
    assert new.layout == "Google Contacts"
    assert [row.line for row in new.rows] == [2, 6]
    assert fields(new) == {
        "name": "Boulangerie Tremblay",
        "contact": "Marie Tremblay",
        "email": "compta@tremblay.example",
        "more": ("marie@tremblay.example", "caisse@tremblay.example"),
        "telephone": "514 555-0100",
        "street": "12 rue Principale",
        "city": "Montréal",
        "region": "QC",
        "postcode": "H2X 1Y4",
        "country": "CA",
        "notes": "Ferme\nle lundi",
    }
    assert fields(new, 1) == {"name": "someone@else.example", "email": "someone@else.example"}
    old = read(GOOGLE_OLD)
    assert old.layout == "Google Contacts, older layout"
    assert fields(old) == {
        "name": "Lee & Co",
        "contact": "Ann Lee",
        "email": "ann@lee.example",
        "telephone": "+1 604 555 0111",
        "street": "5 Main St\nPO Box 3",
        "city": "Vancouver",
        "region": "BC",
        "postcode": "V5K 0A1",
        "country": "CA",
        "language": "fr",
        "notes": "Likes tea",
    }


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_outlook_is_read_in_english_and_french_in_any_encoding(encoding: str) -> None:
    french = read(OUTLOOK_FR.encode(encoding))
    assert french.layout == "Outlook"
    assert fields(french) == {
        "name": "Côté Communications",
        "contact": "Zoé Côté",
        "email": "zoe@cote.example",
        "telephone": "418 555-0102",
        "street": "8 rue du Port",
        "city": "Lévis",
        "region": "Québec",
        "postcode": "G6V 1A1",
        "country": "CA",
    }
    english = read(OUTLOOK.encode(encoding))
    found = fields(english)
    assert (found["name"], found["email"], found["language"]) == ("Roy Clinic", "sam@roy.example", "en")
    assert found["street"] == "1 Bay St\nFloor 2"
    assert "more" not in found


def test_invoice_ninja_and_quickbooks_are_read_below_their_banners() -> None:
    ninja = read(NINJA)
    assert ninja.layout == "Invoice Ninja"
    assert ninja.rows[0].line == 5
    found = fields(ninja)
    assert (found["name"], found["contact"], found["currency"]) == ("Nord Ltd", "Kim Olsen", "USD")
    assert (found["street"], found["telephone"]) == ("371 Summit\nSuite 612", "306-555-0100")
    quickbooks = read(QBO)
    found = fields(quickbooks)
    assert quickbooks.layout == "QuickBooks Online"
    assert (found["name"], found["email"]) == ("Gale Foods", "ap@gale.example, boss@gale.example")
    assert (found["region"], found["postcode"], found["telephone"]) == ("NS", "B3H 1A1", "(902) 555-0100")
    report = (
        "Acme\n\nCustomer Contact List\n\n"
        "Customer,Phone Numbers,Email,Full Name,Billing Address\nGale,Phone:(902) 1,,,\n"
    )
    assert fields(read(report)) == {"name": "Gale", "telephone": "(902) 1"}


def test_any_other_table_is_guessed_and_mapped() -> None:
    guessed = read("Nom;Entreprise;Courriel;Ville\nLuc Roy;Roy inc.;luc@roy.example;Laval\n")
    assert fields(guessed) == {"name": "Roy inc.", "contact": "Luc Roy", "email": "luc@roy.example", "city": "Laval"}
    tabs = read("sep=\t\nWho\tWhere to\nRoy\troy@x.example\n", mapping="name=Who,email=where TO")
    assert fields(tabs) == {"name": "Roy", "email": "roy@x.example"}
    assert tabs.rows[0].line == 3
    assert not read("Who,Where\na,b\n").ready
    for mapping, word in [("nam=Who", "nam"), ("name=Whom", "Whom"), ("Who", "Who")]:
        with pytest.raises(InputError, match=word):
            read("Who,Where\na,b\n", mapping=mapping)


def test_products_are_read() -> None:
    ninja = '"Invoice Ninja v4.5.23","","",""\n"","","",""\n"PRODUCTS","","",""\n' + (
        '"User","Product","Notes","Cost"\n"D","Hour","An hour","9.78"\n'
    )
    assert dict(read(ninja, Kind.ITEMS).rows[0].values) == {"name": "Hour", "description": "An hour", "rate": "9.78"}
    qbo = "Product/Service Name,Sales Description,SKU,Type,Sales Price / Rate,Purchase Cost\n" + (
        "Hour,An hour,H1,Service,120.00,80\n"
    )
    found = read(qbo, Kind.ITEMS)
    assert found.layout == "QuickBooks Online"
    assert dict(found.rows[0].values) == {"name": "Hour", "description": "An hour", "sku": "H1", "rate": "120.00"}


CARDS = {
    "gmail": (
        cards.GMAIL,
        {
            "name": "Boréal inc.",
            "contact": "Mme Élise Gagnon",
            "email": "elise@boreal.example",
            "more": ("elise@perso.example", "compta@boreal.example"),
            "telephone": "418-555-0101",
            "street": "12, rue des Érables\nBureau 4",
            "city": "Québec",
            "region": "QC",
            "postcode": "G1R 2S5",
            "country": "CA",
            "notes": "Paie par chèque.\nDemander Élise; jamais le soir.",
        },
    ),
    "iphone": (
        cards.IPHONE,
        {
            "name": "Prairie Signs Ltd.",
            "contact": "Ada Okafor",
            "email": "ada@prairie.example",
            "telephone": "+1 204-555-0112",
            "street": "400 Portage Ave\nSuite 9",
            "city": "Winnipeg",
            "region": "MB",
            "postcode": "R3C 0B9",
            "country": "CA",
        },
    ),
    "android": (
        cards.ANDROID,
        {"name": "Îles & Fils quincaillerie et matériaux", "email": "iles@fils.example", "telephone": "5145550123"},
    ),
    "outlook 2003": (
        cards.OUTLOOK_2003,
        {
            "name": "Müller, Kranz & Co",
            "contact": "Jörg Müller",
            "email": "mueller@kranz.example",
            "telephone": "+49 30 555 0199",
            "street": "Hauptstr. 5\n2. Stock",
            "city": "Berlin",
            "postcode": "10115",
            "country": "DE",
            "notes": "Zahlt pünktlich.\nZweite Zeile",
        },
    ),
    "outlook 2007": (
        cards.OUTLOOK_2007,
        {
            "name": "Ferris Optical",
            "contact": "Ms. Bea Ferris",
            "email": "bea@ferris.example",
            "street": "222 Broadway",
            "city": "New York",
            "region": "NY",
            "postcode": "10007",
            "country": "US",
            "notes": "First line\nsecond line, which begins",
        },
    ),
    "outlook 365": (
        cards.OUTLOOK_365,
        {
            "name": "Côté Communications",
            "contact": "Zoé Côté",
            "email": "zoe@cote.example",
            "telephone": "438 555-0155",
        },
    ),
    "evolution": (
        cards.EVOLUTION,
        {
            "name": "Cape Breton Wool, Yarn & Co.",
            "contact": "Flora MacIsaac",
            "email": "flora@wool.example",
            "telephone": "902-555-0177",
            "street": "9 Harbour Rd\nBox 7",
            "city": "Baddeck",
            "region": "NS",
            "postcode": "B0E 1B0",
            "country": "CA",
        },
    ),
    "thunderbird": (
        cards.THUNDERBIRD,
        {
            "name": "Lavoie Acoustique",
            "contact": "Simon Lavoie",
            "email": "simon@lavoie.example",
            "more": ("info@lavoie.example",),
            "telephone": "+1-418-555-0188 x102",
            "street": "2875, boul. Laurier",
            "city": "Québec",
            "region": "QC",
            "postcode": "G1V 2M2",
            "country": "CA",
            "language": "fr",
        },
    ),
}


@pytest.mark.parametrize("program", CARDS)
def test_the_cards_of_eight_programs_are_read(program: str) -> None:
    data, expected = CARDS[program]
    source = read(data)
    assert source.layout == "vCard"
    assert len(source.rows) == 1
    assert fields(source) == expected


def test_several_cards_have_their_lines_and_utf_16_is_read() -> None:
    several = cards.IPHONE + cards.EVOLUTION
    assert [row.line for row in read(several).rows] == [1, 14]
    wide = read(codecs.BOM_UTF16_LE + several.decode().encode("utf-16-le"))
    assert [dict(row.values) for row in wide.rows] == [dict(row.values) for row in read(several).rows]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\x00\x01\x02" * 50, "text file"),
        (b'Name,Email\n"Roy,roy@x.example\n', "Line 2"),
        (b"just words\n", "header"),
        (b"Name,Email\n" + b"a,\n" * 50_001, "50000"),
        (b"BEGIN:VCARD\nFN:Roy\n", "line 1"),
        (b"x" * (MOST_BYTES + 1), "20 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(data)
