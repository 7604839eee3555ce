"""Invoice lines: hours, re-invoiced expenses, discounts, rounding and text lines."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any

from bilag_sandbox.sample.firm import DEPARTMENTS
from bilag_sandbox.sample.sums import ZERO, line_net, line_vat, sums_of
from bilag_sandbox.sample.times import month_end

MONTHS = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
]


@dataclass(frozen=True, slots=True)
class Ware:
    """Something sold: account, VAT code and rate, texts, and ranges of quantity (in quarters) and price (in kroner)."""

    account: str
    vat_code: str
    rate: int
    texts: tuple[str, ...]
    quarters: tuple[int, int]
    kroner: tuple[int, int]


FEES = Ware(
    "3000", "3", 25,
    ("Honorar, sivilarkitekt", "Honorar, prosjektleder", "Honorar, rådgiver", "Honorar, landskapsarkitekt",
     "Honorar, interiørarkitekt", "Honorar, tegner", "Befaring og oppmåling"),
    (2, 240), (890, 1850),
)  # fmt: skip
FOOD = Ware("3000", "31", 15, ("Servering ved medvirkningsmøte", "Lunsj, byggemøte"), (4, 80), (79, 240))
TRAVEL = Ware("3000", "33", 12, ("Tog og ferge, byggeplass", "Flyreise, befaring på Røst"), (4, 16), (189, 2900))
SERVICE = Ware(
    "3010", "3", 25, ("Serviceavtale, BIM-modell", "Vedlikehold av forvaltningstegninger"), (4, 4), (1500, 9800)
)
LODGING = Ware(
    "3050", "33", 12, ("Overnatting ved befaring", "Overnatting, byggeplassoppfølging"), (4, 20), (890, 1790)
)
BOOKS = Ware("3100", "5", 0, ("Fagbøker", "Trykt prosjekthefte", "Stedsanalyse, bokutgave"), (4, 40), (149, 690))
EXPORT = Ware(
    "3105", "52", 0,
    ("Prosjektering, oppdragsgiver i utlandet", "Architectural services, façade study", "Skisser, Ærø havn"),
    (4, 160), (890, 1850),
)  # fmt: skip
COURSES = Ware(
    "3200",
    "6",
    0,
    ("Kurs: universell utforming", "Foredrag om trebyer", "Undervisning, høgskole"),
    (4, 32),
    (950, 2400),
)

MIXED = (FEES,) * 9 + (SERVICE,) * 2 + (BOOKS, FOOD, TRAVEL, LODGING, COURSES)


@dataclass(slots=True)
class LineMaker:
    """Makes lines with unique ids."""

    rng: random.Random
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    def bare(self, text: str) -> dict[str, Any]:
        """Make a text line, without account and amount."""
        return {
            "id": next(self.ids),
            "text": text,
            "accountNumber": None,
            "vatCode": None,
            "vatRate": 0,
            "quantity": 0,
            "unitPrice": ZERO,
            "discountPercent": 0,
            "netAmount": ZERO,
            "vatAmount": ZERO,
            "project": None,
            "department": None,
            "accrualFrom": None,
            "accrualTo": None,
        }

    def sale(self, ware: Ware, issued: date) -> dict[str, Any]:
        """Make a sales line; about one in eight has a percentage discount."""
        rng = self.rng
        quantity = Decimal(rng.randint(*ware.quarters)) / 4
        if ware.quarters[0] % 4 == 0:
            quantity = quantity.to_integral_value()
        price = Decimal(rng.randint(*ware.kroner)) + rng.choice((ZERO, ZERO, Decimal("0.50"), Decimal("0.90")))
        discount = rng.choice((Decimal(5), Decimal(10), Decimal("12.5"))) if rng.random() < 0.12 else Decimal(0)
        line = self.bare(rng.choice(ware.texts)) | {
            "accountNumber": ware.account,
            "vatCode": ware.vat_code,
            "vatRate": ware.rate,
            "quantity": quantity,
            "unitPrice": price.quantize(Decimal("0.01")),
            "discountPercent": discount,
        }
        if ware is SERVICE:
            # Within the invoice's month: a service period that needs no accrual.
            line |= {"accrualFrom": issued.replace(day=1).isoformat(), "accrualTo": month_end(issued).isoformat()}
        return priced(line)

    def discount(self, other: dict[str, Any]) -> dict[str, Any]:
        """Make a negative line of about a twentieth of another, with its account, VAT code, project and department."""
        amount = (other["netAmount"] / 20).quantize(Decimal(1), ROUND_HALF_UP)
        inherited = {name: other[name] for name in ("accountNumber", "vatCode", "vatRate", "project", "department")}
        line = self.bare("Rabatt etter rammeavtale, særskilt avtalt") | inherited
        return priced(line | {"quantity": -1, "unitPrice": amount.quantize(Decimal("0.01"))})

    def rounding(self, lines: list[dict[str, Any]]) -> dict[str, Any] | None:
        """Make a line on 7740 that rounds the total to whole kroner; None if it is whole already."""
        total = sums_of(lines).total
        missing = total.quantize(Decimal(1), ROUND_HALF_UP) - total
        if missing == 0:
            return None
        return priced(self.bare("Øreavrunding") | {"accountNumber": "7740", "quantity": 1, "unitPrice": missing})

    def lines_for(self, issued: date, abroad: bool, others: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Make the lines of one invoice.

        `others` are the customer's other projects, for lines that belong to one of them.
        """
        rng = self.rng
        first = self.sale(EXPORT if abroad else FEES, issued)
        wares = [EXPORT if abroad else rng.choice(MIXED) for _ in range(rng.randint(1, 4))]
        lines = [first, *(self.sale(ware, issued) for ware in wares)]
        for line in lines[1:]:
            if rng.random() < 0.18:
                line["department"] = dict(rng.choice(DEPARTMENTS))
            if others and rng.random() < 0.1:
                line["project"] = reference(rng.choice(others))
        if rng.random() < 0.2:
            month = MONTHS[issued.month - 1]
            lines.insert(
                0, self.bare(f"Arbeid utført i {month} {issued.year}, jf. vedlagt timeliste (møter i Ås og på Røst)")
            )
        if rng.random() < 0.1:
            lines.append(self.discount(first))
        if rng.random() < 0.12:
            rounding = self.rounding(lines)
            lines += [rounding] if rounding is not None else []
        return lines

    def negative(self, line: dict[str, Any], quantity: Decimal | None = None) -> dict[str, Any]:
        """Make a credit note's line that reverses another: all of it, or part of its quantity."""
        copied = line | {"id": next(self.ids)}
        if quantity is None:
            reversed_amounts = {name: -line[name] + 0 for name in ("quantity", "netAmount", "vatAmount")}
            return copied | reversed_amounts
        return priced(copied | {"quantity": -quantity})


def priced(line: dict[str, Any]) -> dict[str, Any]:
    """Compute net and VAT from quantity, price, discount and rate."""
    net = line_net(Decimal(line["quantity"]), Decimal(line["unitPrice"]), Decimal(line["discountPercent"]))
    return line | {"netAmount": net, "vatAmount": line_vat(net, Decimal(line["vatRate"]))}


def reference(project: dict[str, Any]) -> dict[str, Any]:
    """Return the project as other objects refer to it."""
    return {name: project[name] for name in ("id", "projectNumber", "name")}
