"""The company whose books are in a folder: seen by Bilag, and by the people who keep them in an editor."""

from calendar import monthrange
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from bilag.platforms.base import Connection
from bilag.platforms.conformance import Cost, Sample
from bilag.platforms.ledger_file import PLATFORM
from bilag.platforms.ledger_file.platform import LedgerFilePlatform
from bilag.posting.dimensions import Dimensions

UNITS = Dimensions(project=2, department=1)
DAY, EARLIER = date(2026, 3, 16), date(2026, 2, 5)
SAMPLE = Sample("10042", "1207", "10", "3000", "3", Decimal("25.00"), "3999", DAY, EARLIER, UNITS)


class Office:
    """The folder `fjell` below `root`."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "fjell"
        self.ledger, self.journal = self.folder / "ledger.beancount", self.folder / "journal.beancount"

    def platform(self, **values: str) -> LedgerFilePlatform:
        """Bilag's view, as after a start."""
        connection = Connection({"folder": "fjell"} | values, UNITS, installation={"folder": str(self.root)})
        platform = PLATFORM.open(connection)
        assert isinstance(platform, LedgerFilePlatform)
        return platform

    # What the conformance kit asks of a ledger.

    def close_period(self, day: date) -> None:
        self._lock(day.replace(day=monthrange(day.year, day.month)[1]))

    def open_period(self, day: date) -> None:
        self._lock(date(2019, 12, 31))

    def _lock(self, day: date) -> None:
        with self.ledger.open("a", encoding="utf-8") as file:
            file.write(f'2026-01-01 custom "locked" {day}\n')

    def post_manually(self, number: int, customer: str, total: Decimal) -> None:
        text = (
            f'2026-03-17 * "Åse"  "Skrevet for hånd" ; i Emacs\n  number: "{number}"\n  kind: "invoice"\n'
            f'  Assets:1500   {total} NOK\n    customer: "{customer}"\n  Income:3000\n\n'
        )
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(text)

    def count_vouchers(self, number: int) -> int:
        return self.journal.read_text("utf-8").count(f'  number: "{number}"\n')

    def post_cost(self, cost: Cost) -> int:
        raise NotImplementedError("a ledger file has no expenses")

    def reverse(self, posted: int) -> None:
        raise NotImplementedError("a ledger file has no expenses")

    def attached(self, number: int) -> list[bytes]:
        return []


def in_euro(sample: Sample) -> Sample:
    """The sample in a foreign currency."""
    return replace(sample, currency="EUR")
