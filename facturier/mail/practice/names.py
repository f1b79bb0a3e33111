"""The customers and items of the demo company: realistic names, and some that are deliberately difficult."""

from dataclasses import replace

from facturier.models.books.invoice import Customer, Item


def _who(name: str, contact: str, email: str, address: str, language: str = "", terms: int | None = None) -> Customer:
    return Customer(None, name, contact, email, "", "", address, language, terms, "")


CUSTOMERS = (
    _who(
        "Boulangerie Tremblay",
        "Marie Tremblay",
        "compta@tremblay.example",
        "12, rue Saint-Paul\nQuébec QC G1K 3V9",
        "fr",
    ),
    _who("Acme [EU] [/x]", "Jörg Weiß", "rechnung@acme-eu.example", "Hauptstraße 5\n10827 Berlin\nGermany"),
    _who("Îles & Fils", "Étienne Îles", "etienne@iles.example", "4, chemin du Phare\nÎles-de-la-Madeleine QC", "fr"),
    _who(
        "Atelier du Nord", "Chloé Gagnon", "bonjour@atelierdunord.example", "88, avenue du Nord\nSaguenay QC", "fr", 15
    ),
    _who("Müller Optik", "Anke Müller", "anke@mueller-optik.example", "Lindenallee 2\n50667 Köln\nGermany"),
    _who("Café Zénith", "Zoé Lavoie", "zoe@cafezenith.example", "301, rue Rachel Est\nMontréal QC H2J 2H2", "fr", 0),
    _who("Harbour Systems", "Tom O’Hara", "accounts@harbour.example", "9 Water Street\nHalifax NS B3J 1A9"),
    _who("Łódź Tekstylia sp. z o.o.", "Michał Żak", "faktury@lodz.example", "ul. Piotrkowska 100\n90-004 Łódź\nPoland"),
    _who(
        "Société d’exploitation forestière et d’aménagement intégré de la Côte-Nord inc.",
        "Réjean Hébert",
        "comptes.payables@foret-cote-nord.example",
        "2450, boulevard Laflèche\nBaie-Comeau QC",
        "fr",
        45,
    ),
    _who(
        "Smith, Jones & Partners LLP",
        "Accounts Payable",
        "ap@sjp.example, controller@sjp.example",
        "400 Bay Street\nToronto ON",
        "",
        60,
    ),
    _who("Ferme Beauséjour", "Luc Beauséjour", "luc@beausejour.example", "1170, rang 4\nSaint-Hyacinthe QC", "fr"),
    _who("Kraków Design Studio", "Ewa Nowak", "ewa@krakow.example", "Rynek Główny 1\nKraków\nPoland"),
    _who("Théâtre de l’Œil", "Noé Œuvrard", "noe@theatreoeil.example", "911, rue Jean-Talon\nMontréal QC", "fr"),
    _who("Kitsune Trading KK", "Aiko Sato", "aiko@kitsune.example", "1-2-3 Jinnan, Shibuya\nTokyo\nJapan"),
    _who("Al Noor Holding", "Huda Al-Noor", "huda@alnoor.example", "Block 4, Salmiya\nKuwait"),
    _who("Northern Lights Dental", "Dr Priya Nair", "office@nldental.example", "77 Main Street\nSudbury ON"),
    _who(
        "Garage Pelletier et Frères",
        "Denis Pelletier",
        "garage@pelletier.example",
        "5, route 132\nRimouski QC",
        "fr",
        10,
    ),
    _who("École de danse Mouvance", "Inès Côté", "admin@mouvance.example", "60, rue Wellington\nSherbrooke QC", "fr"),
    _who("Bluewater Charters", "Sam Reed", "sam@bluewater.example", "Pier 6\nVictoria BC"),
    _who("Imprimerie Lalonde", "Guy Lalonde", "guy@lalonde.example", "720, rue Principale\nGatineau QC", "fr"),
    _who("Ångström Instruments AB", "Åsa Öberg", "asa@angstrom.example", "Storgatan 3\n753 31 Uppsala\nSweden"),
    _who("“Quote” \\ Backslash <Co>", "N. O’Tag", "quote@backslash.example", "1 <b>Bold</b> Road\nCalgary AB"),
    _who("{customer} *Star* _Line_ Ltd", "J. Brace", "brace@star.example", "2 $Dollar Street\nRegina SK"),
    _who("Pâtisserie L’Éclair", "Aurélie Roy", "aurelie@leclair.example", "15, rue du Marché\nLévis QC", "fr"),
    _who("Prairie Grain Cooperative", "Dale Friesen", "dale@prairiegrain.example", "Box 12\nBrandon MB", "", 60),
    _who(
        "Clinique Vétérinaire Bellevue",
        "Dre Anne Morin",
        "factures@vetbellevue.example",
        "33, rue Bellevue\nLaval QC",
        "fr",
    ),
    _who("Summit Outdoor Gear", "Kim Lee", "ap@summitgear.example", "1200 Mountain Road\nCanmore AB"),
    _who("Traiteur Chez Léa", "Léa Fortin", "lea@chezlea.example", "8, place du Marché\nTrois-Rivières QC", "fr"),
    _who("O’Brien & Daughters", "Siobhán O’Brien", "siobhan@obrien.example", "21 Duke Street\nSt. John’s NL"),
    _who(
        "Hôtel du Vieux-Port",
        "Réception",
        "comptabilite@hotelvieuxport.example",
        "97, rue de la Commune\nMontréal QC",
        "fr",
        30,
    ),
    _who("Zażółć Gęślą Jaźń", "Ślązak Józef", "jozef@zazolc.example", "ul. Długa 7\nGdańsk\nPoland"),
    _who("Maple Ridge Montessori", "Ms. Chen", "office@mrm.example", "300 Lougheed Hwy\nMaple Ridge BC"),
    _who("Consultants Béton-Acier", "Yves Dubé", "yves@betonacier.example", "1010, rue Sherbrooke\nMontréal QC", "fr"),
    _who("Lighthouse Books", "Ada Byron", "ada@lighthousebooks.example", "14 Lighthouse Lane\nLunenburg NS", "", 15),
    _who("Bar à vin Le Cépage", "Hugo Blais", "hugo@lecepage.example", "455, rue Saint-Jean\nQuébec QC", "fr", 0),
    _who("Quartz & Fils S.à r.l.", "Benoît Klein", "benoit@quartz.example", "3, rue de l’Eau\nLuxembourg", "fr"),
    _who("Wild Rose Veterinary", "Jo Park", "jo@wildrose.example", "55 Rose Avenue\nRed Deer AB"),
    _who("Transport Gaspésie Express", "Mario Leblanc", "mario@gaspexpress.example", "Quai 2\nGaspé QC", "fr", 45),
    _who("Studio ÷0", "Z. Ero", "zero@studio.example", "0 Null Street\nVancouver BC"),
    _who("Yoga Équilibre", "Maya Singh", "maya@yogaequilibre.example", "62, avenue Laurier\nMontréal QC", "fr"),
)

ITEMS = (
    Item("Consulting", "Consulting, per hour", "125.00", "GST+QST"),
    Item("Tenue de livres", "Tenue de livres, par mois", "480.00", "GST+QST"),
    Item("Development", "Software development, per day", "940.00", "GST+QST"),
    Item("Website care", "Hosting and care of the website, per month", "65.00", "GST+QST"),
    Item("Formation", "Formation sur place, demi-journée", "650.00", "GST+QST"),
    Item("Travel", "Travel, per km", "0.68", "GST+QST"),
    Item("Audit", "Security audit, fixed price", "5400.00", "GST+QST"),
    Item("Support", "Support outside office hours, per hour", "187.50", "GST+QST"),
    Item("Book", "Printed handbook", "39.95", "GST"),
    Item("Licence", "Licence, per seat and year", "228.00", "GST+QST"),
    Item("Traduction", "Traduction, par mot", "0.24", "GST+QST"),
    Item("Discount", "Discount for early payment", "-50.00", "GST+QST"),
)

# The items of the demo company in French, where they differ. Only the sample books have them, so they are not in the
# catalogue.
_IN_FRENCH = {
    "Consulting": ("Consultation", "Consultation, à l’heure"),
    "Development": ("Développement", "Développement logiciel, par jour"),
    "Website care": ("Site Web", "Hébergement et entretien du site Web, par mois"),
    "Travel": ("Déplacement", "Déplacement, par km"),
    "Audit": ("Audit", "Audit de sécurité, prix fixe"),
    "Support": ("Soutien", "Soutien hors des heures de bureau, à l’heure"),
    "Book": ("Manuel", "Manuel imprimé"),
    "Licence": ("Licence", "Licence, par poste et par an"),
    "Discount": ("Rabais", "Rabais pour paiement anticipé"),
}


def items_in(language: str) -> tuple[Item, ...]:
    """Return the items for a demo company whose screens are in this language."""
    if language != "fr":
        return ITEMS
    return tuple(
        replace(item, name=name, description=description)
        for item in ITEMS
        for name, description in [_IN_FRENCH.get(item.name, (item.name, item.description))]
    )
