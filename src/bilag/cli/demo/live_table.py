"""The live table of the demo: each finalised invoice, and the time until its voucher was posted."""

from datetime import datetime
from typing import Any

from rich.live import Live
from rich.table import Table

from bilag.cli import rendering
from bilag.cli.output import out
from bilag.companies import store
from bilag.transfers.models import ACTIVE, Kind, State, Transfer

SHOWN_AT_ONCE = 18
COLUMNS = (
    ("Invoice", "right"),
    ("Customer", "left"),
    ("Total", "right"),
    ("Voucher", "right"),
    ("Journal", "right"),
    ("ms", "right"),
)


class Watch:
    """A table that is updated live; outside a terminal, a line for each invoice."""

    def __init__(self, slug: str) -> None:
        self._company = store.load_setup_by_slug(slug).company_id
        self._finalised: dict[str, datetime] = {}
        self._done: dict[str, tuple[str, ...]] = {}
        self._console = out()
        self._live = (
            Live(console=self._console, auto_refresh=False, transient=True) if self._console.is_terminal else None
        )
        self.milliseconds: list[int] = []

    def __enter__(self) -> "Watch":
        if self._live is not None:
            self._live.start()
        else:
            self._console.print(self._line([name for name, _ in COLUMNS]), soft_wrap=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._console.print(self._table(self._done.values()))
        half = sorted(self.milliseconds)[len(self.milliseconds) // 2] if self.milliseconds else 0
        self._console.print(f"{len(self._done)} posted. Median time from finalised to posted: {half} ms.")

    def finalised(self, number: int, at: datetime) -> None:
        """Record that Moment finalised this invoice."""
        self._finalised[str(number)] = at

    def refresh(self) -> None:
        """Update the table with what was posted since the last call."""
        waiting = [number for number in self._finalised if number not in self._done]
        rows = Transfer.objects.filter(
            company_id=self._company, kind=Kind.INVOICE, number__in=waiting, state=State.DONE
        )
        for row in rows.order_by("done_at"):
            self._note(row)
        if self._live is not None:
            self._live.update(self._table(list(self._done.values())[-SHOWN_AT_ONCE:]), refresh=True)

    def settled(self, numbers: list[int]) -> bool:
        """Return whether none of these is in progress."""
        rows = Transfer.objects.filter(
            company_id=self._company, kind=Kind.INVOICE, number__in=[str(n) for n in numbers]
        )
        return rows.exclude(state__in=ACTIVE).count() == len(numbers)

    def _note(self, row: Transfer) -> None:
        if row.done_at is None:
            return
        taken = round((row.done_at - self._finalised[row.number]).total_seconds() * 1000)
        self.milliseconds.append(taken)
        total = rendering.amount(row.total) or ""
        cells = (row.number, row.name or "", total, str(row.voucher_number), str(row.journal_number), str(taken))
        self._done[row.number] = cells
        if self._live is None:
            self._console.print(self._line(cells), soft_wrap=True)

    def _line(self, cells: Any) -> str:
        number, customer, total, voucher, journal, taken = cells
        return f"{number:>8}  {customer[:34]:<34} {total:>14} {voucher:>8} {journal:>8} {taken:>6}"

    def _table(self, rows: Any) -> Table:
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for name, side in COLUMNS:
            table.add_column(name, justify="right" if side == "right" else "left", no_wrap=True)
        for cells in rows:
            table.add_row(*cells)
        return table
