"""What people do about a problem, each at its place: in Moment, in accounting, on a page of Bilag, in its setup."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.support.world import World

CLIENT = "/admin/clients/123"


@dataclass
class Person:
    """Somebody of the company. `seen`: the codes that stood before them; `ended`: how often something ended well."""

    world: World
    browser: Client
    seen: set[str] = field(default_factory=set)
    ended: int = 0

    # In Moment

    def invoice(self, **changes: Any) -> int:
        """An invoice that was finalised in Moment; gives its number."""
        return self.world.insert_invoice(changes)

    def edit(self, number: int, **fields: Any) -> None:
        self.world.moment.ask("PATCH", f"/admin/invoices/number:{number}", fields)

    def edit_line(self, number: int, **fields: Any) -> None:
        lines = [{"id": line["id"], **fields} for line in self.world.invoices[number]["lines"]]
        self.edit(number, lines=lines)

    def credit(self, number: int, **part: Any) -> int:
        note = self.world.moment.ask("POST", f"/admin/invoices/number:{number}/credit", part)
        return int(note["invoiceNumber"])

    def set_status(self, number: int, status: str) -> None:
        self.world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": status})

    def do_not_transfer(self, number: int) -> None:
        self.set_status(number, "doNotTransfer")

    def customer(self, **fields: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.world.moment.ask("POST", "/admin/customers", {"name": "Ny kunde AS", **fields})
        return made

    def project(self, customer: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        belongs = customer or self.world.any_project()["customer"]
        ref = {"id": belongs["id"], "customerNumber": belongs["customerNumber"]}
        body = {"name": "Nytt bygg", "customer": ref, **fields}
        made: dict[str, Any] = self.world.moment.ask("POST", "/admin/projects", body)
        return made

    def change(self, kind: str, moment_id: int, **fields: Any) -> None:
        self.world.moment.ask("PATCH", f"/admin/{kind}s/{moment_id}", fields)

    def invoice_to(self, customer: dict[str, Any], **changes: Any) -> int:
        """An invoice to this customer, without a project."""
        ref = {"id": customer["id"], "customerNumber": customer["customerNumber"]}
        return self.invoice(**{"customer": ref, "project": None, **changes})

    def invoice_on(self, project: dict[str, Any], **changes: Any) -> int:
        """An invoice on this project."""
        ref = {"id": project["id"], "projectNumber": project.get("projectNumber")}
        return self.invoice(**{"project": ref, "customer": project["customer"], **changes})

    # In accounting

    def accounting(self, method: str, path: str, body: Any = None) -> Any:
        """What a user of the accounting system does or looks at."""
        return self.world.hub.ask(method, f"{CLIENT}/{path}", body)

    def configure(self, **config: Any) -> None:
        """What the accountant or Azets changes about the client."""
        self.world.hub.ask("PATCH", CLIENT, config)

    def hub_refuses(self, code: str, place: str = "", *, operation: str = "createBatch", **fault: Any) -> None:
        """Let the hub refuse the next request with a code. It is corrected afterwards, as the remedy wants it."""
        details = [{"field": place, "code": code, "message": f"Avvist: {code}"}]
        answer = {"code": code, "message": f"Avvist: {code}", "details": details if place else []}
        self.world.hub.fault(kind="answer", operation=operation, **{"status": 422, "json": answer, **fault})

    def post_manually(self, number: int, total: str = "12500.00", **fields: Any) -> dict[str, Any]:
        """Post a voucher with this number by hand, with the number of a customer."""
        customer = self.world.any_project()["customer"]["customerNumber"]
        body = {"voucherNumber": number, "customerNumber": customer, "totalAmount": total, **fields}
        posted: dict[str, Any] = self.accounting("POST", "vouchers", body)
        return posted

    def reverse(self, journal: int, day: str | None = None) -> None:
        """Reverse a journal: on this day, or today."""
        self.accounting("POST", f"journals/{journal}/reverse", {"valueDate": day} if day is not None else None)

    # In Bilag

    def wait(self, rounds: int = 1) -> None:
        """Do nothing: Bilag polls, and works."""
        self.world.poll()
        self.world.work(rounds=rounds)

    def wait_long(self) -> None:
        """Do nothing for so long that every pause is over."""
        self.world.poll()
        self.world.hurry()

    def setup(self, **sections: Any) -> None:
        """Save the setup with these sections; the others as they were at first."""
        self.world.apply(**sections)

    def retry(self, number: object, kind: str = "invoice") -> None:
        """Press Retry on the page of the document."""
        address = "/c/fjell/transfers/retry/"
        answer = self.browser.post(address, {"id": self.world.transfer(number, kind).pk, "next": "/c/fjell/transfers/"})
        assert answer.status_code == 302, answer.content[:300]
        self.world.work(rounds=2)

    def press(self, button: str, number: object, kind: str = "invoice", **data: Any) -> None:
        """Press another button on the page of the document, where it must be shown."""
        address = f"/c/fjell/transfers/{self.world.transfer(number, kind).pk}/"
        assert f"{address}{button}/" in self.browser.get(address).content.decode(), f"no button {button}"
        if button == "exclude":  # the page asks why
            data = {"excluded_as": "not_for_the_books", "note": "Feilregistrert"} | data
        assert self.browser.post(f"{address}{button}/", data).status_code == 302
        self.world.work(rounds=2)

    def command(self, *words: str) -> str:
        """Type a command of Bilag; give what it printed."""
        from typer.testing import CliRunner

        from bilag.cli.main import app

        answer = CliRunner().invoke(app, list(words), env={"COLUMNS": "250"}, catch_exceptions=False)
        self.world.work()
        return answer.stdout + answer.stderr

    # What stands then

    def sees(self, code: str, number: object, kind: str = "invoice") -> None:
        """The problem stands before the person, on the document's page too, with its remedy."""
        from bilag.messages import render_problem
        from bilag.posting.problem import Problem

        row = self.world.transfer(number, kind)
        found = [one for one in row.problems if one["code"] == code]
        assert found, f"{kind} {number} is {row.state}: {row.problems} {row.reason}"
        assert render_problem(Problem.from_json(found[0]), "en").remedy
        self.seen.add(code)

    def done(self, number: object, kind: str = "invoice") -> None:
        """It is done: an invoice stands once in the ledger, and Moment says that it was transferred."""
        row = self.world.transfer(number, kind)
        assert row.state == "done", f"{kind} {number} is {row.state}: {row.problems} {row.reason}"
        if kind == "invoice":
            assert isinstance(number, int)
            ours = [one for one in self.world.vouchers(number) if one["externalId"]]
            assert len(ours) == 1
            assert self.world.export_status(number) == "transferred"
        self.ended += 1

    def explained(self, number: object, reason: str, kind: str = "invoice") -> None:
        """It is not transferred, for a reason that the page and the reconciliation tell."""
        row = self.world.transfer(number, kind)
        assert (row.state, row.reason) == ("skipped", reason), row.problems
        self.ended += 1

    # Ways that many remedies share

    def credit_create_and_close(self, code: str, wrong: int, right: int) -> None:
        """Credit the invoice, create a new one, and close the first with its credit note."""
        note = self.credit(wrong)
        self.wait(rounds=2)
        self.sees(code, wrong)
        self.press("close-pair", wrong)
        for one in (wrong, note):
            self.explained(one, "cancelled_before_posting")
        self.done(right)

    def post_manually_instead(self, number: int) -> None:
        """Post it manually, and set it to "Do not transfer" in Moment."""
        self.post_manually(number)
        self.do_not_transfer(number)
        self.wait()
        self.explained(number, "do_not_transfer")

    # The company

    def sees_pause(self, code: str) -> None:
        """The company is paused for this problem."""
        from bilag.companies import store

        paused = store.load_setup(self.world.company_id).paused
        assert paused is not None, f"not paused for {code}"
        assert paused.code == code, paused
        self.seen.add(code)

    def saves(self, *, work: bool = True, **sections: Any) -> None:
        """Save the setup on its page: Bilag checks it at once."""
        from bilag.transfers.activation import switch

        self.setup(**sections)
        switch.recheck(self.world.company_id)
        self.world.work(rounds=1 if work else 0)

    def next_probe(self, *, work: bool = True) -> None:
        """Do nothing until Bilag has checked a paused company again, within the hour."""
        from bilag.transfers.activation import pausing

        pausing.probe(self.world.company_id, 1)
        self.world.work(rounds=1 if work else 0)

    def goes_on(self) -> None:
        """The company is not paused any more."""
        from bilag.companies import store

        assert store.load_setup(self.world.company_id).paused is None
        self.ended += 1

    def resumed(self, number: int) -> None:
        """The company goes on, and what waited is done."""
        self.goes_on()
        self.done(number)

    def checks(self) -> list[dict[str, Any]]:
        """The problems that the check of the setup tells."""
        import json

        report = json.loads(self.command("company", "check", "fjell", "--json").partition("\n}")[0] + "\n}")
        return [problem for step in report["steps"] for problem in step["problems"]]
