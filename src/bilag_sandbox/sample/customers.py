"""The firm's customers: companies, sole traders, private people, and some abroad."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.no import orgnr

from bilag_sandbox.sample.times import norwegian_clock

FIRST_NUMBER, FIRST_ID = 10001, 7701

COMPANIES = """
Nordlys Eiendom AS|Østmarka Utvikling AS|Fjordgløtt Borettslag|Tåsenlia Barnehage SA|Skjærgårdshytter AS|Kråkerøy Bygg AS
Bølgen Sjøbad AS|Håkonsborg Kulturbygg AS|Åsgårdstunet Sameie|Lyngør Båthavn AS|Sørbyen Boligbyggelag|Våganes Hotell AS
Løvenskogen Idrettslag|Blåfjell Alpinsenter AS|Grønnåsen Helsehus KF|Mørkveden Skolebygg KF|Rødberg Kraftlag SA
Ullensvåg Fruktlager SA|Tjønnås Museum|Ørneberget Tomteselskap AS|Hålogatun Reiseliv AS|Sølvgruva Næringspark AS
Brøttem Landhandel AS|Nesøya Velforening|Jærstrand Vindpark AS|Færdertun Camping AS|Vågsbygda Menighetsråd
Fløybanen Utsiktskafé AS
"""
SOLE_TRADERS = "Tømrermester Øystein Grøtte|Keramiker Solveig Åmodt|Snekker Håvard Kjærstad"
UNREGISTERED = "Fotograf Jørn Sætre|Gårdbruker Målfrid Bøe"
PRIVATE = "Åse Bjørkli|Per-Øyvind Hårstad|Synnøve og Kåre Nygård|Mårten Lægreid|Gudbjørg Tøsse"
ABROAD = (
    ("Malmö Fastighetsutveckling AB", "SE", "Östra Förstadsgatan 12", "211 31", "MALMÖ", "SE559900112901"),
    ("Göteborgs Hamnkontor AB", "SE", "Första Långgatan 28", "413 27", "GÖTEBORG", None),
    ("Ærø Byggeri ApS", "DK", "Søndergade 4", "5970", "ÆRØSKØBING", "DK99001119"),
    ("Københavns Tagrum A/S", "DK", "Nørrebrogade 66", "2200", "KØBENHAVN N", None),
    ("Größmann Bauträger GmbH", "DE", "Lübecker Straße 9", "22087", "HAMBURG", "DE990011206"),
    ("Müller & Söhne Hausbau GmbH", "DE", "Königsallee 41", "40212", "DÜSSELDORF", None),
    ("Northfield Housing Trust", "GB", "14 Harbour Street", "NE1 4XD", "NEWCASTLE UPON TYNE", "GB990011206"),
    ("Ashdown Galleries Ltd", "GB", "3 St Anne's Court", "W1F 0BE", "LONDON", None),
)
PLACES = (
    ("0155", "OSLO"), ("5003", "BERGEN"), ("7011", "TRONDHEIM"), ("4006", "STAVANGER"), ("9008", "TROMSØ"),
    ("6002", "ÅLESUND"), ("8006", "BODØ"), ("3510", "HØNEFOSS"), ("2003", "LILLESTRØM"), ("9900", "KIRKENES"),
    ("3126", "TØNSBERG"), ("3187", "HORTEN"), ("6413", "MOLDE"), ("1606", "FREDRIKSTAD"), ("8370", "LEKNES"),
)  # fmt: skip
STREETS = (
    "Storgata", "Kirkegata", "Sjøgata", "Bjørkeveien", "Åsveien", "Havnegata", "Møllergata", "Øvre Slottsgate",
    "Kongens gate", "Fjordveien", "Grønnegata", "Tårnveien",
)  # fmt: skip
PEOPLE = (
    "Kari Nilsen", "Bjørn Ødegård", "Åshild Tveit", "Jørgen Lærum", "Marit Sjøvold", "Pål Høiland", "Ragnhild Bråten",
    "Tor-Åge Myhre", "Sølvi Strøm", "Eirik Nærland",
)  # fmt: skip
_PLAIN = str.maketrans("æøåäöüé", "aoaaoue")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, and how long it is invoiced."""

    customer: dict[str, Any]
    abroad: bool
    invoiced_until: int
    """The last of the twelve months in which it is invoiced; -1 for a potential customer."""


def plain(text: str) -> str:
    """Reduce a text to the characters of an e-mail address."""
    lowered = text.lower().replace("ß", "ss").translate(_PLAIN)
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in lowered).strip("-").replace("--", "-")


def organisation_number(rng: random.Random) -> str:
    """Make nine digits with a valid check digit (MOD11); bodies without one are skipped."""
    while True:
        body = f"9{rng.randrange(10_000_000):07d}"
        for digit in "0123456789":
            if orgnr.is_valid(body + digit):
                return body + digit


def _company_rows(rng: random.Random) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    names = [(name, True) for name in " ".join(COMPANIES.replace("\n", "|").split()).strip("|").split("|") if name]
    names += [(name, True) for name in SOLE_TRADERS.split("|")]
    names += [(name, False) for name in (*UNREGISTERED.split("|"), *PRIVATE.split("|"))]
    for name, registered in names:
        postal_code, city = rng.choice(PLACES)
        street = f"{rng.choice(STREETS)} {rng.randint(1, 98)}"
        company = name.split()[-1] in ("AS", "SA", "KF")
        domain = f"{plain(name)}.example"
        rows.append(
            {
                "name": name,
                "organizationNumber": organisation_number(rng) if registered else None,
                "email": f"post@{domain}",
                "invoiceEmail": f"faktura@{domain}" if company else None,
                "addressLine1": street,
                "addressLine2": f"Postboks {rng.randint(10, 990)}" if company and rng.random() < 0.3 else None,
                "postalCode": postal_code,
                "city": city,
                "countryCode": "NO",
            }
        )
    return rows


def _rows_abroad() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "organizationNumber": number,
            "email": f"accounts@{plain(name)}.example",
            "invoiceEmail": f"invoices@{plain(name)}.example",
            "addressLine1": street,
            "addressLine2": None,
            "postalCode": postal_code,
            "city": city,
            "countryCode": country,
        }
        for name, country, street, postal_code, city, number in ABROAD
    ]


def make_customers(rng: random.Random, first_day: date) -> list[Customer]:
    """Make all customers, numbered from 10001: one blocked, two inactive, two potential."""
    rows = _company_rows(rng)
    rng.shuffle(rows)
    rows += _rows_abroad()
    states = {4: ("blocked", 7), 9: ("inactive", 8), 17: ("inactive", 5), 22: ("potential", -1), 31: ("potential", -1)}
    customers = []
    for index, row in enumerate(rows):
        state, until = states.get(index, ("active", 11))
        created = norwegian_clock(first_day - timedelta(days=rng.randint(30, 2000)), 9, rng.randrange(60))
        changed = norwegian_clock(first_day - timedelta(days=rng.randint(1, 29)), 10, rng.randrange(60))
        customer = {
            "id": FIRST_ID + index,
            "version": rng.randint(1, 6),
            "customerNumber": str(FIRST_NUMBER + index),
            "name": row["name"],
            "organizationNumber": row["organizationNumber"],
            "customerState": state,
            "email": row["email"],
            "invoiceEmail": row["invoiceEmail"],
            "addressLine1": row["addressLine1"],
            "addressLine2": row["addressLine2"],
            "addressLine3": None,
            "postalCode": row["postalCode"],
            "city": row["city"],
            "countryCode": row["countryCode"],
            "createdDate": created.isoformat(),
            "lastModifiedDate": changed.isoformat(),
        }
        customers.append(Customer(customer, row["countryCode"] != "NO", until))
    return customers
