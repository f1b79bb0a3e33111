"""Cards in the shape in which eight address books export them. The people are invented."""

GMAIL = """BEGIN:VCARD\r
VERSION:3.0\r
FN:Mme Élise Gagnon\r
N:Gagnon;Élise;;Mme;\r
EMAIL;TYPE=INTERNET:elise@perso.example\r
EMAIL;TYPE=INTERNET;TYPE=WORK:elise@boreal.example\r
item1.EMAIL;TYPE=INTERNET:compta@boreal.example\r
item1.X-ABLabel:Comptabilité\r
TEL;TYPE=HOME;TYPE=FAX:418-555-0100\r
TEL;TYPE=WORK:418-555-0101\r
ADR;TYPE=WORK:;;12\\, rue des Érables\\nBureau 4;Québec;QC;G1R 2S5;Canada\r
ORG:Boréal inc.;Comptabilité\r
NOTE:Paie par chèque.\\nDemander Élise\\; jamais le soir.\r
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/\r
 2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\r
END:VCARD\r
""".encode()

IPHONE = b"""BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone OS 17.5//EN
N:Okafor;Ada;;;
FN:Ada Okafor
ORG:Prairie Signs Ltd.;
item1.EMAIL;type=INTERNET;type=pref:ada@prairie.example
TEL;type=CELL;type=VOICE;type=pref:+1 204-555-0112
item2.ADR;type=WORK;type=pref:;;400 Portage Ave\\nSuite 9;Winnipeg;MB;R3C 0B9;Canada
item2.X-ABADR:ca
item3.URL;type=pref:http\\://prairie.example
item3.X-ABLabel:_$!<HomePage>!$_
END:VCARD
"""

ANDROID = b"""BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=8Eles=20=26=20Fils;;;;\r
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=8Eles=20=26=20Fils=20quincaillerie=20et=20=\r
mat=C3=A9riaux\r
TEL;CELL;PREF:5145550123\r
EMAIL;WORK:iles@fils.example\r
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQE\r
 CAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/\r
\r
END:VCARD\r
"""

OUTLOOK_2003 = """BEGIN:VCARD\r
VERSION:2.1\r
N:Müller;Jörg\r
FN:Jörg Müller\r
ORG:Müller, Kranz & Co;Einkauf\r
NOTE;ENCODING=QUOTED-PRINTABLE:Zahlt p=FCnktlich.=0D=0AZweite Zeile=0D=\r
=0A\r
TEL;WORK;VOICE:+49 30 555 0199\r
TEL;WORK;FAX:+49 30 555 0198\r
ADR;WORK:;2. Stock;Hauptstr. 5;Berlin;;10115;Germany\r
LABEL;WORK;ENCODING=QUOTED-PRINTABLE:Hauptstr. 5=0D=0A10115 Berlin\r
KEY;X509;ENCODING=BASE64:\r
    MIIDITCCAoqgAwIBAgIQT52W2WawmStUwpV8tBV9TTANBgkqhkiG9w0BAQUFADBM\r
    A1UEAxMNVGhhd3RlIFNHQyBDQTAeFw0xMTEwMjYwMDAwMDBaFw0xMzA5MzAyMzU5\r
\r
\r
EMAIL;PREF;INTERNET:mueller@kranz.example\r
END:VCARD\r
""".encode("cp1252")

OUTLOOK_2007 = b"""BEGIN:VCARD\r
VERSION:2.1\r
N;LANGUAGE=en-us:Ferris;Bea;;Ms.;\r
FN:Ms. Bea Ferris\r
ORG:Ferris Optical\r
NOTE;CHARSET=us-ascii;ENCODING=QUOTED-PRINTABLE:First line=0D=0A=\r
second line, which begins\r
X-MS-TEL;VOICE;CALLBACK:(111) 555-4444\r
ADR;WORK;PREF:;;222 Broadway;New York;NY;10007;United States of America\r
X-MS-OL-DEFAULT-POSTAL-ADDRESS:2\r
EMAIL;PREF;INTERNET:bea@ferris.example\r
END:VCARD\r
"""

OUTLOOK_365 = """BEGIN:VCARD\r
VERSION:2.1\r
X-MS-SIGNATURE:YES\r
N;LANGUAGE=fr-ca;CHARSET=windows-1252:Côté;Zoé\r
FN;CHARSET=windows-1252:Zoé Côté\r
ORG;CHARSET=windows-1252:Côté Communications\r
TEL;CELL;VOICE:438 555-0155\r
EMAIL;PREF;INTERNET:zoe@cote.example\r
X-MS-CARDPICTURE;TYPE=JPEG;ENCODING=BASE64:\r
 /9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQY\r
\r
END:VCARD\r
""".encode("cp1252")

EVOLUTION = b"""BEGIN:VCARD
VERSION:3.0
X-COUCHDB-APPLICATION-ANNOTATIONS:{"Evolution":{"revision":"2012-03-05T13:3
 2:54Z"}}
TEL;X-COUCHDB-UUID="fbfb2722-4fd8-4dbf-9abd-eeb24072fd8e";TYPE=WORK,VOICE:9
 02-555-0177
N:MacIsaac;Flora;;;
FN:Flora MacIsaac
ORG:Cape Breton Wool\\, Yarn & Co.;Sales
EMAIL;TYPE=WORK;X-COUCHDB-UUID="83a75a5d-2777-45aa-bab5-76a4bd972490":flora
 @wool.example
ADR;TYPE=WORK:Box 7;;9 Harbour Rd;Baddeck;NS;B0E 1B0;Can
 ada
END:VCARD
"""

THUNDERBIRD = """BEGIN:VCARD\r
VERSION:4.0\r
KIND:individual\r
FN:Simon Lavoie\r
N:Lavoie;Simon;;;\r
ORG;TYPE=work:Lavoie Acoustique;\r
EMAIL;PREF=2;TYPE=work:info@lavoie.example\r
EMAIL;PREF=1:simon@lavoie.example\r
TEL;VALUE=uri;TYPE="voice,work";PREF=1:tel:+1-418-555-0188;ext=102\r
ADR;TYPE=work;LABEL="2875, boul. Laurier\\nQuébec: QC":;;2875\\, boul. Laurier;Québec;QC;G1V 2M2;Canada\r
LANG;PREF=1:fr\r
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:4.0\r
KIND:group\r
FN:Newsletter\r
MEMBER:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\r
END:VCARD\r
""".encode()
