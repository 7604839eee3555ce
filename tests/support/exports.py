"""`bilag export` in a folder, and readers of the files that it makes."""

import csv
import io
import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from beancount import loader
from beancount.core import convert
from beancount.core.data import Transaction
from lxml import etree
from typer.testing import CliRunner

from bilag.posting.dimensions import Dimensions
from tests.support.world import World, money

ODD_NAME = "=1+1 Bruun & <Sønner> \"Ål\" 'Co' \\"
YEARS = ("--from", "2026-01-01", "--to", "2027-12-31")
ACCRUAL = {"enabled": True, "debit_account": "3910", "credit_account": "2965"}
ACCRUED = {"enabled": True, "debit_account": "1530", "credit_account": "3090"}


@dataclass
class Exports:
    """Types `bilag export` in a folder."""

    world: World
    folder: Path

    def typed(self, *arguments: str) -> Any:
        from bilag.cli.main import app

        return CliRunner().invoke(app, ["export", *arguments])

    def made(self, form: str, *more: str) -> tuple[dict[str, Any], str]:
        """The summary and the file."""
        file = self.folder / f"out.{form}"
        answer = self.typed(form, "fjell", *YEARS, "--out", str(file), "--json", "--force", *more)
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout), file.read_bytes().decode("utf-8-sig")

    def left_over(self) -> list[str]:
        return sorted(one.name for one in self.folder.iterdir())


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def amount(told: str) -> Decimal:
    return Decimal(told.replace(",", "."))


def in_the_ledger(world: World) -> dict[str, Decimal]:
    """The balance of each account in the sandbox, those of zero left out."""
    found = world.hub.ask("GET", "/admin/clients/123/trial-balance")["accounts"]
    return {one["accountNumber"]: money(one["balance"]) for one in found if money(one["balance"])}


DIMENSIONS = Dimensions(project=2, department=1)


def loaded(text: str) -> list[Any]:
    """The directives, where beancount has no error."""
    entries, errors, _ = loader.load_string(text)
    assert errors == [], "\n".join(str(error.message) for error in errors) + "\n" + text
    return list(entries)


def sums(directives: list[Any]) -> dict[str, Decimal]:
    """By account, in the company's currency, those of zero left out."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in directives:
        for posting in one.postings if isinstance(one, Transaction) else ():
            found[posting.account] += round(convert.get_weight(posting).number, 2)  # type: ignore[no-untyped-call]
    return {account: amount for account, amount in found.items() if amount}


SAFT = "{urn:StandardAuditFile-Taxation-Financial:NO}"


def signed(line: etree._Element, kind: str = "") -> Decimal:
    debit, credit = (line.findtext(f".//{SAFT}{side}{kind}Amount/{SAFT}Amount") for side in ("Debit", "Credit"))
    return Decimal(debit) if debit is not None else -Decimal(credit or 0)
