"""An accountant who posts supplier invoices in the hub's ledger, and the expenses that Bilag imports from them."""

import base64
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bilag_sandbox import hub, moment
from tests.support.world import World, company_document

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
SETUP = {"import": True, "activity": "Utlegg"}


def document(name: str = "F-88.pdf", content: bytes = PDF, media: str = "application/pdf") -> dict[str, str]:
    return {"fileName": name, "contentType": media, "base64": base64.b64encode(content).decode()}


@dataclass
class Books:
    """What the accountant does, and what came of it."""

    world: World
    numbers: int = 80000
    setup: dict[str, Any] = field(default_factory=lambda: dict(SETUP))
    client: str = hub.VISMA_CLIENT
    moment_company: str = moment.COMPANY_ID

    def configure(self, **expenses: Any) -> None:
        """Change the setup of expenses."""
        self.setup |= expenses
        self.world.apply(expenses=self.setup)

    def change_client(self, client: str) -> None:
        """Let the setup name this client of the hub, and post there from now on."""
        known = [one["id"] for one in self.world.hub.ask("GET", "/admin/state")["clients"]]
        if client not in known:
            self.world.hub.ask("POST", "/admin/clients", {"id": client, "accountingSystem": "VismaBusiness"})
        self.client = client
        self._change()

    def change_moment(self, company: str) -> None:
        """Let the setup name this company in Moment, which has none of the expenses that the one before had."""
        for one in self.expenses():
            self.world.moment.ask("PATCH", f"/admin/projectExpenses/{one['id']}", {"externalKey": f"old-{one['id']}"})
        self.world.moment.ask("PUT", "/admin/settings", {"companyId": company})
        self.moment_company = company
        self._change()

    def _change(self) -> None:
        """Change the ledger or the Moment, as a person does who knows what happens then."""
        from bilag.companies.file import parse_company_file
        from bilag.transfers.activation.change_ledger import change_ledger

        document = company_document(self.world.moment.url, self.world.hub.url, {"expenses": self.setup})
        document["platform"]["azets"]["source_client_id"] = self.client
        document["moment"]["company_id"] = self.moment_company
        change_ledger(parse_company_file(document, {}, Path()), invoices_from=date(2020, 1, 1), origin="kari")

    def project(self, **model: Any) -> dict[str, Any]:
        """A new project in Moment; `expensesBillable` is what its price model says."""
        self.numbers += 1
        number = str(10_000 + self.numbers)
        body: dict[str, Any] = {"projectNumber": number, "name": f"Prosjekt {number}", "projectState": "inProgress"}
        body["customer"] = self.world.any_project()["customer"]
        if model:
            body["priceModels"] = [{"id": self.numbers, "name": "Timer", **model}]
        made: dict[str, Any] = self.world.moment.ask("POST", "/admin/projects", body)
        return made

    def post(
        self,
        *lines: dict[str, Any],
        documents: list[dict[str, str]] | None = None,
        **voucher: Any,
    ) -> int:
        """Post a supplier invoice; gives its journal number. Each line has `net`, `vat`, `account`, `project`, `units`."""
        self.numbers += 1
        entries, owed = [], Decimal(0)
        for line in lines:
            net, vat = Decimal(line.get("net", "1000.00")), Decimal(line.get("vat", "250.00"))
            owed += net + vat
            units = {"2": line["project"]} if line.get("project") else {}
            entries.append(
                {
                    "accountNumber": line.get("account", "4300"),
                    "amount": f"{net:.2f}",
                    "vatAmount": f"{vat:.2f}",
                    "vatCode": line.get("vatCode", "1" if vat else None),
                    "text": line.get("text", "Modellmateriell"),
                    "orgUnits": {**units, **line.get("units", {})},
                    **({"currencyAmount": line["currencyAmount"]} if "currencyAmount" in line else {}),
                }
            )
            if vat:
                entries.append({"accountNumber": "2710", "amount": f"{vat:.2f}", "text": "mva"})
        foreign = sum(Decimal(line["currencyAmount"]) for line in lines if "currencyAmount" in line)
        payable = {"accountNumber": "2400", "amount": f"{-owed:.2f}", "supplierNumber": "50001"}
        entries.append({**payable, **({"currencyAmount": f"{-foreign:.2f}"} if foreign else {})})
        body = {
            "voucherNumber": self.numbers,
            "type": "incomingInvoice",
            "supplierNumber": "50001",
            "supplierInvoiceNumber": f"F-{self.numbers}",
            "text": "Byggvare Øst AS",
            "entries": entries,
            "documents": documents or [],
            **voucher,
        }
        posted = self.world.hub.ask("POST", f"/admin/clients/{self.client}/vouchers", body)
        return int(posted["journalNumber"])

    def reverse(self, journal: int) -> int:
        """Take a journal back; gives the number of the journal that does."""
        posted = self.world.hub.ask("POST", f"/admin/clients/{self.client}/journals/{journal}/reverse", {})
        return int(posted[0]["journalNumber"])

    def bring_in(self, **how: Any) -> Any:
        """Import."""
        from bilag.expenses.importer import import_expenses

        return import_expenses(self.world.company_id, **how)

    def line(self, journal: int, entry: int = 1) -> Any:
        from bilag.expenses.models import ExpenseLine

        ledger = f"azets:{hub.PARENT}:{self.client}"
        return ExpenseLine.objects.filter(
            company_id=self.world.company_id, ledger_key=ledger, journal=journal, entry=entry
        ).latest("pk")

    def expenses(self, project: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """The expenses that Moment has."""
        side = self.world.moment
        params = {"size": 200, **({"projectId": project["id"]} if project else {})}
        answer = side.http.get(
            f"{side.url}/api/1.0/companies/{self.moment_company}/projectExpenses",
            params=params,
            auth=("apikey", moment.API_KEY),
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json()["content"])

    def activities(self, project: dict[str, Any]) -> list[dict[str, Any]]:
        side = self.world.moment
        answer = side.http.get(
            f"{side.url}/api/1.0/companies/{self.moment_company}/projectExtensions",
            params={"projectId": project["id"], "size": 200},
            auth=("apikey", moment.API_KEY),
        )
        return list(answer.json()["content"])
