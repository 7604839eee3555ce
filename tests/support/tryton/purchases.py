"""What people post in Tryton and Bilag reads back: suppliers' invoices, other vouchers, documents, cancellations."""

import base64
import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.tryton.office import Office

DAY = date(2026, 4, 20)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ROOTS = {"department": "Avdeling", "project": "Prosjekt", "billability": "Fakturerbarhet"}
numbers = itertools.count(50001)


class Purchases:
    """The accountant of the company, at Tryton's own client."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._person = office.person
        self._values: dict[tuple[str, str], int] = {}

    def supplier(self, name: str = "Byggvare Øst AS") -> int:
        """A supplier with a number of its own."""
        address = {"street": "Industriveien 1"}
        return self._person.create("party.party", name=name, code=str(next(numbers)), addresses=[["create", [address]]])

    def value(self, root: str, code: str) -> int:
        """A value of a dimension, made when it is not there."""
        person = self._person
        if (root, code) not in self._values:
            parent = person.one("analytic_account.account", ["type", "=", "root"], ["name", "=", ROOTS[root]])
            found = person.search("analytic_account.account", ["root", "=", parent], ["code", "=", code])
            made = {"name": code, "code": code, "type": "normal", "root": parent, "parent": parent, "state": "opened"}
            company = person.one("company.company")
            self._values[root, code] = (
                found[0] if found else person.create("analytic_account.account", company=company, **made)
            )
        return self._values[root, code]

    def invoice(self, *lines: dict[str, Any], supplier: int | None = None, reference: str = "F-88", **more: Any) -> int:
        """Post a supplier's invoice; each line has `account`, `net`, `vat_code`, `text`, and a value for a dimension's
        name. Gives the invoice's id."""
        person = self._person
        party = supplier or self.supplier()
        currency = person.one("currency.currency", ["code", "=", more.pop("currency", "NOK")])
        made = {
            "type": "in",
            "party": party,
            "invoice_address": person.search("party.address", ["party", "=", party])[0],
            "account": self._office.account("2400"),
            "journal": person.one("account.journal", ["code", "=", "EXP"]),
            "invoice_date": DAY,
            "reference": reference,
            "currency": currency,
            "lines": [["create", [{**self._line(line), "currency": currency} for line in lines]]],
        }
        invoice = person.create("account.invoice", **made | more)
        person.on("account.invoice", "post", [invoice])
        return invoice

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        taxes = [["add", [self.tax(line["vat_code"])]]] if line.get("vat_code") else []
        chosen = [(name, line[name]) for name in ROOTS if line.get(name)]
        roots = {
            name: self._person.one("analytic_account.account", ["type", "=", "root"], ["name", "=", ROOTS[name]])
            for name, _value in chosen
        }
        analytic = [{"root": roots[name], "account": self.value(name, value)} for name, value in chosen]
        return {
            "type": "line",
            "account": self._office.account(line.get("account", "4300")),
            "quantity": 1.0,
            "unit_price": Decimal(line.get("net", "1000.00")),
            "description": line.get("text", "Modellmateriell"),
            "taxes": taxes,
            "analytic_accounts": [["create", analytic]],
        }

    def tax(self, code: str) -> int:
        """The tax for purchases with this name."""
        return self._person.search("account.tax", ["name", "=", code], ["group.kind", "=", "purchase"])[0]

    def move_of(self, invoice: int) -> int:
        """The move that the invoice was posted as."""
        (row,) = self._person.read("account.invoice", [["id", "=", invoice]], "move")
        return int(row["move"])

    def lines_of(self, move: int, account: str = "4300") -> list[int]:
        """The lines of a move on an account."""
        return self._person.search("account.move.line", ["move", "=", move], ["account.code", "=", account])

    def attach(self, resource: str, content: bytes = PDF, name: str = "F-88.pdf") -> int:
        """Put a document beside an invoice or a move, such as "account.invoice,7"."""
        data = {"__class__": "bytes", "base64": base64.b64encode(content).decode()}
        return self._person.create("ir.attachment", name=name, resource=resource, type="data", data=data)

    def journal(self, *lines: dict[str, Any], day: date = DAY, text: str = "Reise Bergen") -> int:
        """Post a voucher that is no invoice: each line has `account`, `amount`, values; the bank pays. Gives the move."""
        person = self._person
        made, total = [], Decimal(0)
        for line in lines:
            amount = Decimal(line["amount"])
            total += amount
            sides = {"debit": max(amount, Decimal(0)), "credit": max(-amount, Decimal(0))}
            shares = line.get("shares") or [(name, line[name], amount) for name in ROOTS if line.get(name)]
            analytic = [
                {
                    "account": self.value(name, value),
                    "debit": max(share, Decimal(0)),
                    "credit": max(-share, Decimal(0)),
                    "date": day,
                }
                for name, value, share in shares
            ]
            made.append(
                {
                    "account": self._office.account(line.get("account", "7140")),
                    **sides,
                    "description": line.get("text", "Flytog"),
                    "analytic_lines": [["create", analytic]],
                }
            )
        bank = {
            "account": self._office.account("1920"),
            "debit": max(-total, Decimal(0)),
            "credit": max(total, Decimal(0)),
        }
        period = person.one("account.period", ["start_date", "<=", day], ["end_date", ">=", day])
        journal = person.one("account.journal", ["code", "=", "EXP"])
        move = person.create(
            "account.move",
            journal=journal,
            date=day,
            period=period,
            description=text,
            lines=[["create", [bank, *made]]],
        )
        person.on("account.move", "post", [move])
        return move

    def cancel(self, move: int) -> int:
        """Take a move back, as the button *Cancel* does. Gives the move that does."""
        person = self._person
        wizard = "account.move.cancel"
        session, start, _end = person.call(f"wizard.{wizard}.create", person.context)
        context = {**person.context, "active_model": "account.move", "active_id": move, "active_ids": [move]}
        person.call(f"wizard.{wizard}.execute", session, {}, start, context)
        person.call(f"wizard.{wizard}.execute", session, {"default": {"reversal": False}}, "cancel", context)
        return self._taken_back(move)

    def cancel_invoice(self, invoice: int) -> int:
        """Take a posted invoice back, as its button does. Gives the move that does."""
        self._person.on("account.invoice", "cancel", [invoice])
        return self._taken_back(self.move_of(invoice))

    def _taken_back(self, move: int) -> int:
        person = self._person
        (cancelling,) = person.search("account.move", ["origin", "=", f"account.move,{move}"])
        (row,) = person.read("account.move", [["id", "=", cancelling]], "state")
        if row["state"] != "posted":
            person.on("account.move", "post", [cancelling])
        return cancelling
