"""The company in Tryton: seen by Bilag, and by the people who work in it."""

import itertools
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from functools import cached_property

from bilag.platforms.base import Connection
from bilag.platforms.conformance import Cost
from bilag.platforms.tryton import PLATFORM
from bilag.platforms.tryton.platform import READ_SECONDS, TrytonPlatform
from bilag.posting.dimensions import Dimensions
from tests.support.patience import PATIENCE
from tests.support.tryton.bootstrap import COMPANY, SERVICE_USER
from tests.support.tryton.rpc import Person
from tests.support.tryton.server import Ledger

UNITS = Dimensions(project=2, department=1, billability=3)


class Office:
    """One for each module of tests; closed with `opened`."""

    def __init__(self, ledger: Ledger, opened: ExitStack) -> None:
        self.ledger = ledger
        self._opened = opened

    @cached_property
    def person(self) -> Person:
        """The administrator at Tryton's own client."""
        person = self.ledger.person()
        self._opened.callback(person.close)
        return person

    @cached_property
    def key(self) -> str:
        """An application key of Bilag's own user there."""
        return self.new_key(SERVICE_USER)

    def new_key(self, login: str) -> str:
        """Another key, of the user with this login."""
        user = self.person.one("res.user", ["login", "=", login])
        made = self.person.create("res.user.application", user=user, application="rest")
        return str(self.person.read("res.user.application", [["id", "=", made]], "key")[0]["key"])

    @property
    def setup(self) -> dict[str, str]:
        """The setup fields that are right."""
        return {
            "base_url": self.ledger.address,
            "database": self.ledger.database,
            "application_key": self.key,
            "company": COMPANY,
            "journal": "REV",
            "receivable_account": "1500",
            "department_root": "Avdeling",
            "project_root": "Prosjekt",
            "billability_root": "Fakturerbarhet",
        }

    def platform(self, dimensions: Dimensions | None = None, /, **values: str) -> TrytonPlatform:
        """Bilag's connection to the company, as after a start."""
        platform = PLATFORM.open(
            Connection(self.setup | values, dimensions or UNITS, time_scale=PATIENCE / READ_SECONDS)
        )
        assert isinstance(platform, TrytonPlatform)
        self._opened.callback(platform.close)
        return platform

    def close_period(self, day: date) -> None:
        """A person closes the period that holds the day."""
        self.person.on("account.period", "close", [self._period(day)])

    def open_period(self, day: date) -> None:
        """And opens it again, with the journals that were closed with it."""
        period = self._period(day)
        self.person.on("account.period", "reopen", [period])
        journals = self.person.search("account.journal.period", ["period", "=", period], ["state", "=", "closed"])
        if journals:
            self.person.on("account.journal.period", "reopen", journals)

    def _period(self, day: date) -> int:
        return self.person.one("account.period", ["start_date", "<=", day], ["end_date", ">=", day])

    def post_manually(self, number: int, customer: str, total: Decimal) -> None:
        """A person makes an invoice in Tryton itself, with this number."""
        person = self.person
        sequence = person.one("ir.sequence.strict", ["name", "=", "Invoice 2026"])
        person.write("ir.sequence.strict", sequence, number_next=number)
        party = person.one("party.party", ["code", "=", customer])
        line = {"type": "line", "account": self.account("3000"), "quantity": 1.0, "unit_price": total}
        invoice = person.create(
            "account.invoice",
            type="out",
            party=party,
            invoice_address=person.search("party.address", ["party", "=", party])[0],
            account=self.account("1500"),
            journal=person.one("account.journal", ["code", "=", "REV"]),
            invoice_date=date(2026, 3, 20),
            currency=person.one("currency.currency", ["code", "=", "NOK"]),
            lines=[["create", [line]]],
        )
        person.on("account.invoice", "post", [invoice])
        (made,) = person.read("account.invoice", [["id", "=", invoice]], "number")
        assert made["number"] == str(number)

    def account(self, code: str) -> int:
        """An account's id."""
        return self.person.one("account.account", ["code", "=", code])

    def moves_with(self, number: int) -> list[int]:
        """Vouchers that Bilag made for this number, drafts too."""
        words = itertools.product(("Faktura", "Kreditnota"), (":", " "))
        like = [["description", "like", f"% {word} {number}{end}%"] for word, end in words]
        return self.person.search("account.move", ["OR", *like])

    def count_vouchers(self, number: int) -> int:
        """How many there are, those made by hand included."""
        manual = self.person.search("account.invoice", ["number", "=", str(number)])
        return len(self.moves_with(number)) + len(manual)

    def post_cost(self, cost: Cost) -> int:
        """A person posts a supplier's invoice in Tryton itself."""
        from tests.support.tryton.purchases import Purchases

        purchases = Purchases(self)
        line = {"account": cost.account, "net": str(cost.net), "vat_code": "1", "project": cost.project}
        invoice = purchases.invoice(line, reference=cost.supplier_invoice, invoice_date=cost.day)
        if cost.document is not None:
            purchases.attach(f"account.invoice,{invoice}", cost.document)
        return invoice

    def attached(self, number: int) -> list[bytes]:
        """The documents of the vouchers of this number."""
        of = ["resource", "in", [f"account.move,{move}" for move in self.moves_with(number)]]
        return [bytes(row["data"]) for row in self.person.read("ir.attachment", [of], "data")]

    def reverse(self, posted: int) -> None:
        """And takes it back."""
        from tests.support.tryton.purchases import Purchases

        Purchases(self).cancel_invoice(posted)
