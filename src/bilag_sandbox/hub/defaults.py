"""The two companies of a new hub, with a chart of accounts for an architects' or consultants' firm."""

from dataclasses import dataclass
from typing import Any

from bilag_sandbox.hub.codes import CURRENCIES

PARENT = "S2041"
VISMA_CLIENT = "123"
ORGANISATION_NUMBER = "999999999"
"""Of the sample firm, Fjell Arkitekter AS, whose books client 123 has."""
POWEROFFICE_CLIENT = "501"
USERNAME, PASSWORD, API_KEY = "moment-fjellvann", "example-password", "example-key"
SYSTEMS = ("VismaBusiness", "BusinessNXT", "PowerOfficeGo")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A ledger account. `allowed`: None = any VAT code or none; empty = none; else one of them is required."""

    number: str
    name: str
    type: str
    postable: bool = True
    allowed: tuple[str, ...] | None = ()

    @property
    def default_vat_code(self) -> str | None:
        """The first allowed code."""
        return self.allowed[0] if self.allowed else None


@dataclass(frozen=True, slots=True)
class VatRow:
    """A VAT code; `rate` is percent with two decimals."""

    code: str
    name: str
    rate: str
    direction: str
    account: str | None
    standard: str | None = None
    active: bool = True


VAT_CODES = (
    VatRow("0", "Ingen merverdiavgift", "0.00", "none", None, "0"),
    VatRow("1", "Inngående avgift 25 %", "25.00", "input", "2710", "1"),
    VatRow("11", "Inngående avgift 15 %", "15.00", "input", "2711", "11"),
    VatRow("13", "Inngående avgift 12 %", "12.00", "input", "2713", "13"),
    VatRow("3", "Utgående avgift 25 %", "25.00", "output", "2700", "3"),
    VatRow("31", "Utgående avgift 15 %", "15.00", "output", "2701", "31"),
    VatRow("33", "Utgående avgift 12 %", "12.00", "output", "2703", "33"),
    VatRow("5", "Avgiftsfri omsetning", "0.00", "output", None, "5"),
    VatRow("52", "Utførsel", "0.00", "output", None, "52"),
    VatRow("6", "Omsetning utenfor merverdiavgiftsloven", "0.00", "output", None, "6"),
    VatRow("7", "Ingen avgiftsbehandling (inntekter)", "0.00", "output", None, "7"),
)

_BALANCE = """
1200 Maskiner og anlegg|1250 Inventar|1280 Kontormaskiner|1350 Aksjer i andre selskaper|1530 Opptjent, ikke fakturert
inntekt|1570 Reiseforskudd|1700 Forskuddsbetalt leie|1749 Andre forskuddsbetalte kostnader|1920 Bankinnskudd|1950
Bankinnskudd for skattetrekk|2000 Aksjekapital|2050 Annen egenkapital|2600 Forskuddstrekk|2740 Oppgjørskonto
merverdiavgift|2770 Skyldig arbeidsgiveravgift|2900 Forskudd fra kunder|2930 Skyldig lønn|2940 Skyldige feriepenger|2960
Påløpte kostnader|2965 Forskuddsbetalt inntekt
"""
_CONTROL = """
1500 Kundefordringer|2400 Leverandørgjeld|2700 Utgående merverdiavgift høy sats|2701 Utgående merverdiavgift middels
sats|2703 Utgående merverdiavgift lav sats|2710 Inngående merverdiavgift høy sats|2711 Inngående merverdiavgift middels
sats|2713 Inngående merverdiavgift lav sats
"""
_COST = """
4300 Innkjøp av modellmateriell|4500 Underkonsulenter|4510 Underkonsulenter, utlandet|5000 Lønn|5180 Feriepenger|5400
Arbeidsgiveravgift|5900 Gaver til ansatte|5945 Pensjonsforsikring|6000 Avskrivning|6300 Leie lokale|6340 Lys og varme|6420
Leie datasystemer|6540 Inventar|6550 Driftsmateriell|6560 Rekvisita|6700 Regnskapshonorar|6790 Annen fremmed tjeneste|6800
Kontorrekvisita|6810 Programvare|6820 Trykksaker og kopiering|6840 Aviser, tidsskrifter og bøker|6860 Møter og kurs|6900
Telefon|6907 Bredbånd|6940 Porto|7000 Drivstoff|7100 Bilgodtgjørelse|7140 Reisekostnad|7150 Diett|7160
Reisekostnad, ikke oppgavepliktig|7320 Reklame|7350 Representasjon|7400 Kontingent|7500 Forsikring|7770 Bank- og
kortgebyr|7790 Annen kostnad|7830 Tap på fordringer
"""
_SALES = (
    AccountRow("3000", "Honorar avgiftspliktig", "income", allowed=("3", "31", "33", "5", "52", "6")),
    AccountRow("3010", "Serviceavtaler avgiftspliktig", "income", allowed=("3",)),
    AccountRow("3020", "Viderefakturerte utlegg", "income", allowed=("3",)),
    AccountRow("3050", "Honorar lav sats", "income", allowed=("33",)),
    AccountRow("3090", "Opptjent, ikke fakturert inntekt", "income"),
    AccountRow("3100", "Salg avgiftsfritt", "income", allowed=("5",)),
    AccountRow("3105", "Salg utlandet", "income", allowed=("52",)),
    AccountRow("3200", "Honorar utenfor avgiftsområdet", "income", allowed=("6",)),
    AccountRow("3900", "Annen driftsinntekt", "income", allowed=None),
    AccountRow("3910", "Periodiserte inntekter", "income"),
    AccountRow("7740", "Øreavrunding", "expense"),
    AccountRow("8060", "Valutagevinst", "income"),
    AccountRow("8070", "Annen finansinntekt", "income"),
    AccountRow("8160", "Valutatap", "expense"),
    AccountRow("8170", "Annen finanskostnad", "expense"),
)


def _rows(text: str, *, postable: bool = True, allowed: tuple[str, ...] | None = ()) -> list[AccountRow]:
    rows = []
    for item in " ".join(text.split()).split("|"):
        number, _, name = item.partition(" ")
        rows.append(AccountRow(number, name, account_type(number), postable, allowed))
    return rows


def account_type(number: str) -> str:
    """Return the account's type in the Norwegian standard chart (NS 4102)."""
    if number.startswith("20"):
        return "equity"
    if number.startswith(("80", "84")):
        return "income"
    return {"1": "asset", "2": "liability", "3": "income"}.get(number[:1], "expense")


ACCOUNTS = tuple(
    sorted(
        [*_rows(_BALANCE), *_rows(_CONTROL, postable=False), *_rows(_COST, allowed=None), *_SALES],
        key=lambda account: account.number,
    )
)


def client_config(system: str, **given: Any) -> dict[str, Any]:
    """Return the default configuration for an accounting system; `given` replaces parts of it."""
    visma = system != "PowerOfficeGo"
    config: dict[str, Any] = {
        "accountingSystem": system,
        "companyName": "Fjell Arkitekter AS" if visma else "Havbris Konsulent AS",
        "organisationNumber": None,
        "baseCurrency": "NOK",
        "currencies": list(CURRENCIES),
        "organizationalUnits": _visma_units() if visma else _poweroffice_units(),
        "projectUnit": 2,
        "roundingAccount": "7740",
        "receivablesAccount": "1500",
        "payablesAccount": "2400",
        "customerNumberRule": {"type": "integer", "min": 10000, "max": 99999 if visma else 19999, "maxLength": None},
        "voucherNumberRule": {"min": 1, "max": 2147483647},
        "paymentIdRule": {"method": "mod10" if visma else "any", "minLength": 2, "maxLength": 25},
        "voucherSeries": _series(visma),
        "capabilities": {"attachments": False, "lineAccrual": not visma, "autoUpdate": True},
        "limits": {"maxVouchersPerBatch": 100, "maxLinesPerVoucher": 500, "maxDocumentBytes": 20971520},
        "reports": ["standard"],
        "lockDate": None,
        "readBackLagSeconds": 0,
    }
    return config | given


def _series(visma: bool) -> list[dict[str, Any]]:
    if not visma:
        return [{"code": "MOM", "name": "Moment", "types": ["outgoingInvoice", "creditNote", "journal"]}]
    return [
        {"code": "MOM", "name": "Moment", "types": ["outgoingInvoice", "creditNote"]},
        {"code": "PER", "name": "Periodisering", "types": ["journal"]},
    ]


def _visma_units() -> list[dict[str, Any]]:
    used = {1: "Avdeling", 2: "Prosjekt", 3: "Fakturerbar", 7: "Kampanje"}
    return [
        {
            "unit": unit,
            "name": used.get(unit, f"Ansvarsenhet {unit}"),
            "type": "integer" if unit <= 6 else "text",
            "maxLength": None if unit <= 6 else 10,
            "used": unit in used,
        }
        for unit in range(1, 13)
    ]


def _poweroffice_units() -> list[dict[str, Any]]:
    names = {1: "Avdeling", 2: "Prosjekt", 3: "Dimensjon 1", 4: "Dimensjon 2", 5: "Dimensjon 3"}
    return [
        {"unit": unit, "name": names.get(unit, ""), "type": "text", "maxLength": 40, "used": unit <= 2}
        for unit in range(1, 13)
    ]
