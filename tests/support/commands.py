"""`bilag` commands as an operator types them: real processes beside one running `bilag serve`."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import local_http
from tests.support.bare_company import client_of
from tests.support.service import COMPANY, Service, forked, process

BILAG = Path(sys.executable).with_name("bilag")
Done = subprocess.CompletedProcess[str]
BY_HAND_ONLY = "[export]\ninvoices_from = 2099-01-01\n"
AT_ONCE = 4
OF_THE_TERMINAL = frozenset({"COLUMNS"})
"""Variables that a command reads when it writes, and not when it is set up."""


def typed(
    arguments: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None, stdin: str | None = None
) -> Done:
    """What `bilag` with these arguments answers: the real script in a process of its own."""
    return process([str(BILAG), *arguments], environment, cwd=cwd, stdin=stdin)


@dataclass
class Bilag(Service):
    """A running Bilag with its commands."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "COLUMNS": "200", "BILAG_TIME_SCALE": "1"}

    @property
    def folder(self) -> Path:
        return self.home.parent

    def company_file(self, slug: str, **replaced: str) -> Path:
        """The company's file under another name, with parts of it replaced."""
        text = COMPANY.format(moment=self.moment, hub=self.hub).replace('"fjell"', f'"{slug}"') + BY_HAND_ONLY
        if slug != "fjell":  # two companies never share a client
            text = text.replace('"123"', f'"{client_of(slug)["source_client_id"]}"')
        for old, new in replaced.items():
            text = text.replace(old, new)
        file = self.folder / f"{slug}.toml"
        file.write_text(text)
        return file

    def typed(self, *arguments: str, stdin: str | None = None, **variables: str) -> Done:
        """What a command answers, whatever its exit status; forked, and with other variables set up anew."""
        assert self.zygote is not None
        same = OF_THE_TERMINAL.issuperset(variables)
        zygote = self.zygote.grown(self.environment) if same else self.zygote
        return forked(zygote, arguments, self.environment | variables, stdin=stdin)

    def typed_as_a_process(self, *arguments: str, **variables: str) -> Done:
        """The same in a process of its own."""
        return typed(arguments, self.environment | variables)

    def all_typed(
        self, commands: Sequence[Sequence[str]], variables: Sequence[dict[str, str]] | None = None
    ) -> list[Done]:
        """What commands answer that several people type at the same time, each with variables of their own."""
        own = variables or [{} for _ in commands]
        with ThreadPoolExecutor(AT_ONCE) as people:
            return list(people.map(lambda arguments, more: self.typed(*arguments, **more), commands, own))

    def finalise(self, count: int) -> list[str]:
        """Finalise the next drafts in Moment; give their numbers."""
        made = self.ask("moment", "POST", "/admin/invoices/finalize", {"count": count})["invoices"]
        return [str(invoice["invoiceNumber"]) for invoice in made]

    def vouchers(self, *numbers: str) -> list[dict[str, Any]]:
        """The vouchers with these numbers in the hub's ledger."""
        ledger: list[dict[str, Any]] = self.ask("hub", "GET", "/admin/clients/123/ledger")
        return [voucher for voucher in ledger if str(voucher["voucherNumber"]) in numbers]

    def export_status(self, number: str) -> str:
        path = f"{self.moment}/api/1.0/companies/4021/invoices?invoiceNumber={number}"
        answer = local_http.get(path, auth=("apikey", "example-moment-key"))
        return str(answer.json()["content"][0]["exportStatus"])


TRANSFER = {
    "kind",
    "number",
    "state",
    "reason",
    "problems",
    "attempts",
    "voucherNumber",
    "journalNumber",
    "doneAt",
}  # of bilag-interface.md; additions are free
