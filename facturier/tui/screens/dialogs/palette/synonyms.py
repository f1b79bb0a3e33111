"""Synonyms for commands in both languages: words that people enter in the palette.

They work in every language of the interface. The key is the last part of a binding's id, or its action, so that the
same action on two screens has the same synonyms.
"""

from functools import cache

from facturier.models.text.search_text import fold

_SYNONYMS = {
    # Everywhere
    "help": "keys shortcuts manual aide touches raccourcis",
    "palette": "search commands chercher commandes",
    "quit": "exit close leave sortir fermer terminer",
    "suspend": "shell background terminal arrière-plan",
    "redraw": "refresh repaint clear garbled rafraîchir réafficher actualiser",
    "undo": "take back revert cancel annuler défaire rétablir",
    "undo_send": "take back revert cancel unsend annuler rappeler",
    "copy_text": "clipboard yank presse-papiers",
    "settings": "preferences options configuration setup paramètres réglages préférences",
    "companies": "switch company books file open create entreprise entreprises société changer ouvrir créer",
    # Invoices
    "new": "create add invoice bill créer ajouter facture nouvelle",
    "open": "show view display ouvrir afficher voir",
    "edit": "change modify correct credit note modifier corriger note crédit avoir",
    "correct": "change modify edit credit note modifier rectifier crédit avoir note",
    "send": "email mail deliver issue envoyer courriel émettre expédier",
    "send_marked": "email mail deliver batch several envoyer courriel lot plusieurs",
    "issue": "paper post print portal number émettre papier poste portail numéro",
    "mark_sent": "paper post print portal issue papier poste portail émettre envoyée",
    "send_at": "schedule later delay programmer planifier plus tard",
    "send_to_refused": "retry resend again réessayer renvoyer",
    "refused": "retry resend again réessayer renvoyer",
    "try_again": "retry resend again réessayer renvoyer",
    "copy": "clone repeat recurring again dupliquer copier cloner répéter récurrente",
    "recurring": "subscription schedule repeat monthly retainer abonnement récurrente répéter mensuel échéancier",
    "make_recurring": "subscription schedule repeat monthly every abonnement récurrente répéter mensuel chaque",
    "schedule": "rhythm frequency every dates recurring fréquence rythme récurrence",
    "skip": "omit miss next sauter passer omettre",
    "delete": "remove discard erase supprimer effacer retirer",
    "void": "cancel invalidate credit annuler crédit avoir",
    "pay": "receive deposit money paid cheque check encaisser paiement reçu chèque dépôt argent payer "
    "refund rembourser remboursement receipt reçu",
    "apply_credit": "allocate use credit overpayment note appliquer crédit avoir trop-payé imputer",
    "write_off": "bad debt small difference forgive radier radiation créance irrécouvrable écart",
    "remove_payment": "reverse delete undo supprimer annuler paiement",
    "undo_payment": "reverse delete remove supprimer annuler paiement",
    "message": "email sent view letter courriel envoyé lettre",
    "save_pdf": "export print download file exporter imprimer impression télécharger fichier",
    "open_pdf": "print view viewer imprimer visionneuse afficher",
    "files": "attachments attach add document timesheet receipt joindre pièces jointes fichiers ajouter reçu",
    "save_eml": "export download eml message file exporter télécharger courriel fichier",
    "save_email": "export download eml message file exporter télécharger courriel fichier",
    "bounce": "returned undelivered rejected retour non distribué rejeté",
    "in_doubt": "unknown uncertain resolve settle incertaine inconnu régler",
    "doubt": "unknown uncertain resolve settle incertaine inconnu régler",
    "estimates": "quotes quotations proposals bids soumissions devis offres estimations",
    "accepted": "accept approve yes won accepter approuver oui gagnée",
    "declined": "decline reject refuse no lost refuser rejeter non perdue",
    "turn_into_invoice": "convert bill deposit progress percentage convertir facturer acompte pourcentage",
    "items": "products services prices articles produits services prix tarifs",
    "archived": "hidden inactive archivés cachés masqués",
    "export": "csv excel spreadsheet json download tableur exporter télécharger",
    # The list
    "search": "find look chercher rechercher trouver",
    "narrow": "find filter customer dates amounts overdue filtrer client dates montants",
    "go": "jump number customer aller numéro client",
    "mark": "select choose tick sélectionner choisir cocher marquer",
    "mark_all": "select everything tout sélectionner",
    "mark_range": "select several range plage sélectionner",
    "currency": "dollar euro money devise monnaie",
    "sort": "order column trier ordre colonne",
    "turn": "reverse descending ascending inverser décroissant croissant",
    "not_sent": "unsent drafts non envoyées brouillons",
    "overdue": "late receivables statement en retard relevé comptes clients",
    "paid": "payées réglées",
    "alerts": "problems warnings errors problèmes avertissements alertes",
    "outbox": "queue waiting scheduled boîte envoi file attente programmées",
    "chase": "reminders dunning overdue late collect follow up promise dispute rappels relances recouvrement en retard "
    "promesse litige",
    "silence": "promise dispute reminders off pause promesse litige contestée rappels désactiver",
    "remind_again": "retry resend reminder réessayer renvoyer rappel",
    "reports": "report figures statistics analysis rapport chiffres statistiques analyse",
    "report-aging": "receivables overdue debtors owed comptes clients en retard débiteurs",
    "report-sales": "revenue turnover income ventes revenus chiffre affaires",
    "report-payments": "received receipts deposits bank money encaissements dépôts banque argent reçu",
    "report-tax": "gst hst qst pst vat return cash accrual tps tvh tvq tva taxe déclaration caisse exercice",
    # Customers
    "payments": "received deposits money bank cheques encaissements reçus dépôts versements banque chèques",
    "customers": "clients contacts address book debtors receivables merge clients carnet adresses débiteurs "
    "comptes fusionner",
    "statements": "account balance owed receivables letter state relevé état compte solde comptes clients envoyer",
    "statement": "account balance owed receivables letter state relevé état compte solde comptes clients envoyer",
    "merge": "duplicates combine join doublons fusionner réunir",
    "put_away": "archive delete hide remove archiver supprimer masquer",
    "show_archived": "archive hidden archivés masqués",
    # Editor and forms
    "save": "keep store write enregistrer sauvegarder",
    "customer": "client contact address email client coordonnées adresse courriel",
    "duplicate": "copy line repeat copier ligne",
    "remove": "delete line discard supprimer ligne retirer",
    "restore": "undo bring back annuler rétablir",
    # Outbox, batch, alerts
    "undo_all": "cancel all stop annuler tout arrêter",
    "pause": "stop hold suspend arrêter suspendre",
    "resume": "continue start reprendre continuer",
    "overrule": "warnings all mark avertissements tout inclure",
    "sender": "from address expéditeur adresse de",
    "leave_out": "remove skip delete retirer exclure",
    "reconnect": "gmail google connect connecter reconnecter",
    "dismiss_alert": "done close handled traiter fermer ignorer",
    "deal": "done close handled traiter fermer ignorer",
    "ask": "permission member access demander accès membre",
    "check": "test try verify connection tester essayer vérifier connexion",
    # Sections of the settings
    "section-contact": "company name address telephone tax number entreprise nom adresse téléphone numéro taxe",
    "section-look": "logo colour color font appearance couleur police apparence",
    "section-payment": "iban bank pay link instructions banque paiement lien",
    "section-gmail": "google connect email address account connecter courriel adresse compte",
    "section-sender": "smtp mail server email folder serveur courriel dossier",
    "section-undo": "delay wait seconds délai attente secondes",
    "section-users": "members people access permission membres personnes accès utilisateurs",
    "section-numbers": "number invoice prefix pattern series year next numéro facture préfixe prochain suivant",
    "section-taxes": "province country tax gst hst pst qst vat rates tps tvq tvh tva taxe taux province pays",
    "section-statement": "email message subject template text courriel message objet modèle texte état compte",
    "section-printed": "pdf print title message terms footer imprimer titre modalités pied",
    "section-letter": "email message subject template text courriel message objet modèle texte",
    "section-reminders": "reminders dunning levels late fee interest rappels relances niveaux frais intérêts retard",
    "section-language": "french english français anglais langue",
    "section-keyboard": "keys keymap shortcuts vim emacs preset clavier touches raccourcis",
}


@cache
def synonyms(*names: str) -> tuple[str, ...]:
    """Return the folded words for a binding id's last part, an action, or any other of these names."""
    return tuple(word for name in names for word in fold(_SYNONYMS.get(name, "")).split())
