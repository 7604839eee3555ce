"""`bilag expenses`: import, list, and what is refused."""

import json

import pytest

from tests.support.commands import Bilag

pytestmark = pytest.mark.service
EXPENSES = '[expenses]\nimport = true\nactivity = "Utlegg"\n'


def switch_on(bilag: Bilag) -> None:
    file = bilag.company_file("fjell")
    file.write_text(file.read_text() + EXPENSES)
    done = bilag.typed("company", "apply", str(file))
    assert done.returncode == 0, done.stderr


def post(bilag: Bilag, **line: object) -> int:
    body = {
        "supplierName": "Byggvare Øst AS",
        "lines": [{"account": "4300", "net": "1000.00", "vatCode": "1", "text": "Modellmateriell", **line}],
    }
    return int(bilag.ask("hub", "POST", "/admin/clients/123/supplier-invoices", body)["journalNumber"])


def a_project(bilag: Bilag) -> str:
    state = bilag.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})
    return str(state["invoices"][0]["project"]["projectNumber"])


def test_expenses_are_imported_listed_and_seen_in_the_status(bilag: Bilag) -> None:
    assert "Import of expenses is switched off." in bilag.typed("expenses", "import", "fjell").stderr
    switch_on(bilag)
    project = a_project(bilag)
    journal, unknown = post(bilag, project=project), post(bilag, project="99999")
    done = bilag.typed("expenses", "import", "fjell", "--days-back", "30", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["imported"] == 1
    assert told["ignored"]["project_unknown"] == 1
    assert told["origin"] == "bilag expenses import"
    again = bilag.typed("expenses", "import", "fjell")
    assert "0 imported" in again.stderr
    rows = json.loads(bilag.typed("expenses", "list", "fjell", "--state", "done", "--json").stdout)
    assert [row["journalNumber"] for row in rows] == [journal]
    assert rows[0]["momentId"] is not None
    table = bilag.typed("expenses", "list", "fjell", "--reason", "project_unknown").stdout
    assert f"{unknown}/1" in table
    assert "The project number of the line does not exist in Moment." in table
    status = json.loads(bilag.typed("status", "fjell", "--json").stdout)["expenses"]
    assert status["imported"] == 1
    assert status["ignored"]["project_unknown"] == 1
    assert status["lastImport"]["problem"] is None
    assert "Expenses: 1 imported" in bilag.typed("status", "fjell").stderr


def test_a_line_that_needs_a_person_makes_the_exit_status_say_so(bilag: Bilag) -> None:
    switch_on(bilag)
    project = a_project(bilag)
    post(bilag, project=project)
    bilag.ask(
        "moment",
        "POST",
        "/admin/faults",
        {
            "kind": "answer",
            "times": 1,
            "operation": "createProjectExpense",
            "status": 422,
            "json": {"status": 422, "message": "It takes none.", "errors": []},
        },
    )
    done = bilag.typed("expenses", "import", "fjell")
    assert done.returncode == 1
    assert "1 need attention" in done.stderr
    table = bilag.typed("expenses", "list", "fjell", "--state", "needs_attention").stdout
    assert "It takes none." in table
    assert bilag.typed("expenses", "import", "fjell").returncode == 0


def test_what_cannot_be_is_told(bilag: Bilag) -> None:
    nobody, days, state = bilag.all_typed(
        [
            ("expenses", "import", "nobody"),
            ("expenses", "import", "fjell", "--days-back", "-1"),
            ("expenses", "list", "fjell", "--state", "odd"),
        ]
    )
    assert nobody.returncode == days.returncode == state.returncode == 2
    assert "There is no company 'nobody'" in nobody.stderr
    assert "--days-back" in days.stderr
    assert "--state" in state.stderr
