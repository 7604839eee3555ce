"""The firm itself: departments, users, accounts, projects and activities."""

import random
from datetime import date, timedelta
from itertools import count
from typing import Any

from bilag_sandbox.sample.customers import Customer, plain
from bilag_sandbox.sample.times import norwegian_clock

FIRST_PROJECT_ID, FIRST_PROJECT_NUMBER, PROJECTS = 8801, 1201, 60

DEPARTMENTS: tuple[dict[str, Any], ...] = tuple(
    {"id": 31 + index, "name": name, "externalDepartmentNumber": number}
    for index, (name, number) in enumerate(
        (("Plan", "10"), ("Bygg", "20"), ("Landskap", "30"), ("Interiør", "40"), ("Rådgivning og miljø", "50"))
    )
)
_PEOPLE = (
    "Ingrid Dahl|Øyvind Aas|Kari Nordbø|Bjørn-Erik Lødingen|Åse Marie Tangen|Sjur Hæstad|Mina Kjølberg|Torbjørn Våge|"
    "Lærke Sørensen|Håkon Rødland|Frøydis Østby|Jon Ånestad"
)
USER_ACCOUNTS: tuple[dict[str, Any], ...] = tuple(
    {"id": 901 + index, "name": name, "email": f"{plain(name).replace('-', '.')}@fjell.example", "active": index != 11}
    for index, name in enumerate(_PEOPLE.split("|"))
)
PROJECT_STATES: tuple[dict[str, Any], ...] = tuple(
    {"id": index, "projectState": state, "name": name}
    for index, (state, name) in enumerate(
        (
            ("offerSent", "Offer sent"),
            ("inProgress", "In progress"),
            ("onHold", "On hold"),
            ("completed", "Completed"),
            ("closed", "Closed"),
            ("lost", "Lost"),
        ),
        start=1,
    )
)
STATE_COUNTS = {"offerSent": 8, "inProgress": 34, "onHold": 4, "completed": 5, "closed": 7, "lost": 2}
UNINVOICED_STATES = ("offerSent", "lost")

_ACCOUNTS = """
3000|Honorar, avgiftspliktig|sales|3|25|S
3000|Servering, viderefakturert|sales|31|15|AA
3000|Persontransport, viderefakturert|sales|33|12|AA
3010|Serviceavtaler|sales|3|25|S
3050|Overnatting, viderefakturert|sales|33|12|AA
3100|Salg, avgiftsfritt|sales|5|0|Z
3105|Salg til utlandet|sales|52|0|G
3200|Kurs og foredrag, unntatt|sales|6|0|E
7740|Øreavrunding|sales|||Z
7740|Øreavrunding|purchases|||Z
4300|Modellmateriell|purchases|1|25|S
4500|Underkonsulenter|purchases|1|25|S
6820|Trykksaker og kopiering|purchases|1|25|S
6860|Møter og kurs|purchases|0|0|Z
7140|Reisekostnad|purchases|13|12|AA
"""


def _financial_accounts() -> tuple[dict[str, Any], ...]:
    rows = (row.split("|") for row in _ACCOUNTS.split("\n") if row)
    return tuple(
        {
            "id": 501 + index,
            "companyId": 4021,
            "version": 1,
            "accountNumber": number,
            "name": name,
            "comment": None,
            "financialAccountCategory": category,
            "externalTaxCode": tax_code or None,
            "externalRevenueClass": None,
            "currentVatPercentage": int(rate or 0),
            "vatCategoryCode": vat_category,
            "links": [],
        }
        for index, (number, name, category, tax_code, rate, vat_category) in enumerate(rows)
    )


FINANCIAL_ACCOUNTS = _financial_accounts()
"""As in Moment: a number occurs once for each VAT code and category; the id is the key."""

_WORKS = (
    "Nybygg", "Tilbygg", "Rehabilitering", "Ombygging", "Skisseprosjekt", "Reguleringsplan", "Fasadeendring",
    "Interiør", "Mulighetsstudie", "Tilstandsvurdering", "Byggesøknad", "Uteområde",
)  # fmt: skip
_OBJECTS = (
    "Sjøhuset", "Åsgård skole", "Bjørkelunden", "Fløya hyttetun", "Høyblokk Øst", "Kråkstad kirke", "Gamle Børsen",
    "Tårnhuset", "Vågen kulturhus", "Rødfyllgata 7", "Løkka bibliotek", "Nøstet", "Nytt hovedkontor", "Smørøya fergekai",
)  # fmt: skip
_ACTIVITIES = ("Skisseprosjekt", "Forprosjekt", "Detaljprosjektering", "Byggesøknad", "Oppfølging på byggeplass")
_PRICE_MODELS = (("Timepris", True), ("Fastpris", False), ("Etter avtale", None))


def make_projects(rng: random.Random, customers: list[Customer], first_day: date) -> list[dict[str, Any]]:
    """Make 60 projects in all states. Each invoiced customer has an active project; each potential one has an offer."""
    states = [state for state, number in STATE_COUNTS.items() for _ in range(number)]
    invoiced = [state for state in states if state not in UNINVOICED_STATES]
    rng.shuffle(invoiced)
    names = [f"{work}, {thing}" for work in _WORKS for thing in _OBJECTS]
    rng.shuffle(names)
    invoiced_customers = [one for one in customers if one.invoiced_until >= 0]
    owners = invoiced_customers + [
        rng.choice(invoiced_customers) for _ in range(len(invoiced) - len(invoiced_customers))
    ]
    places = list(zip(owners, invoiced, strict=True))
    potential = [one for one in customers if one.invoiced_until < 0]
    offers = [state for state in states if state in UNINVOICED_STATES]
    places += [((potential + invoiced_customers)[index], state) for index, state in enumerate(offers)]
    rng.shuffle(places)
    model_ids = count(61)
    number = FIRST_PROJECT_NUMBER
    projects = []
    for index, (owner, state) in enumerate(places):
        changed = norwegian_clock(first_day - timedelta(days=rng.randint(1, 60)), 8, rng.randrange(60))
        created = changed - timedelta(days=rng.randint(5, 700))
        projects.append(
            {
                "id": FIRST_PROJECT_ID + index,
                "version": rng.randint(1, 4),
                "projectNumber": str(number),
                "name": names[index],
                "customer": {key: owner.customer[key] for key in ("id", "customerNumber", "name")},
                "projectState": state,
                "department": dict(rng.choice(DEPARTMENTS)) if rng.random() < 0.9 else None,
                "priceModels": _price_models(rng, model_ids),
                "createdDate": created.isoformat(),
                "lastModifiedDate": changed.isoformat(),
            }
        )
        number += rng.randint(1, 4)
    return projects


def _price_models(rng: random.Random, ids: "count[int]") -> list[dict[str, Any]]:
    chosen = rng.sample(_PRICE_MODELS, rng.randint(1, 2))
    return [{"id": next(ids), "name": name, "expensesBillable": billable} for name, billable in chosen]


def make_activities(rng: random.Random, projects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make one to three activities (projectExtensions) for each project."""
    activities: list[dict[str, Any]] = []
    for project in projects:
        for name in rng.sample(_ACTIVITIES, rng.randint(1, 3)):
            closed = project["projectState"] in ("completed", "closed", "lost")
            activities.append(
                {
                    "id": 99001 + len(activities),
                    "name": name,
                    "projectId": project["id"],
                    "projectExtensionState": "closed" if closed else "inProgress",
                    "priceModelId": project["priceModels"][0]["id"],
                }
            )
    return activities
