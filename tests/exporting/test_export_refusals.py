"""What `bilag export` refuses, and what it says: the field and the cure, and no file."""

import pytest

from tests.support.exports import YEARS, Exports


def said(answer: object) -> str:
    return " ".join(str(getattr(answer, "output", "")).replace("│", " ").split())


def test_an_empty_period_is_told_and_writes_nothing(exports: Exports) -> None:
    answer = exports.typed("saft", "fjell", "--from", "2026-01-01", "--to", "2026-01-31")
    assert answer.exit_code == 1
    assert "Bilag posted nothing for fjell from 1 January 2026 to 31 January 2026, so no file was written" in said(
        answer
    )
    assert "List what was posted with: bilag transfers fjell" in said(answer)
    assert exports.left_over() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["csv", "fjell", "--from", "2026-02-01", "--to", "2026-01-31"], "--to 2026-01-31 is before --from 2026-02-01"),
        (["csv", "fjell", "--from", "1.2.2026", "--to", "2026-01-31"], "is not a date. Give a date such as 2026-11-01"),
        (["csv", "fjell", *YEARS, "--out", "-", "--json"], "--json and --out - both write to stdout"),
        (["csv", "fjell", *YEARS, "--out", "none/x.csv"], "Cannot write none/x.csv: the folder"),
        (["csv", "fjell", *YEARS, "--out", "."], "Cannot write .: it is a folder. Give a file in it with --out."),
    ],
)
def test_what_is_typed_wrongly_is_named(arguments: list[str], sentence: str, tmp_path: object) -> None:
    answer = Exports(None, None).typed(*arguments)  # type: ignore[arg-type]
    assert answer.exit_code == 2
    assert sentence in said(answer)


def test_a_company_that_is_not_there_is_told_with_those_that_are(exports: Exports) -> None:
    answer = exports.typed("csv", "fjord", *YEARS)
    assert (answer.exit_code, "There is no company 'fjord'. Companies: fjell" in said(answer)) == (2, True)


@pytest.mark.parametrize(
    ("number", "told"),
    [(None, "is missing"), ("310123456", "is 310123456, which is not a Norwegian organisation number")],
)
def test_saft_wants_an_organisation_number(exports: Exports, number: str | None, told: str) -> None:
    from bilag.companies.models import Company

    world = exports.world
    world.hub.ask("PATCH", "/admin/clients/123", {"organisationNumber": None})
    world.retry(world.insert_invoice({}))
    Company.objects.filter(pk=world.company_id).update(organisation_number=number)
    answer = exports.typed("saft", "fjell", *YEARS)
    assert answer.exit_code == 2
    assert f"No file was written: the company's organisation number {told}." in said(answer)
    assert "or in the [company] part of the company file" in said(answer)
    assert exports.left_over() == []
    assert exports.typed("csv", "fjell", *YEARS).exit_code == 0


def test_a_voucher_that_does_not_balance_is_named(exports: Exports, unbalanced: int) -> None:
    answer = exports.typed("csv", "fjell", *YEARS)
    assert answer.exit_code == 1
    told = f"in the accounting system, voucher {unbalanced} of 23 November 2026 is out of balance by 0.01"
    assert told in said(answer)
    assert exports.left_over() == []
