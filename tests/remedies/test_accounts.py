"""The remedies of accounts and VAT codes, carried out literally."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.remedies.cases import Case, Cases
from tests.remedies.person import Person

CASES = Cases()
ACCRUED = {"line": {"accrualFrom": "2026-11-01", "accrualTo": "2027-01-31"}}
ROUNDED = {"totalAmount": 12500.01}
LOW_RATE = {"line": {"vatRate": 15, "vatAmount": 1500}, "vatAmount": 1500, "totalAmount": 11500}
OTHER_SIGNS = {"line": {"vatAmount": -2500}, "vatAmount": -2500, "totalAmount": 7500}
VAT_TOO_LOW = {"line": {"vatAmount": 2400}, "vatAmount": 2400, "totalAmount": 12400}


def account(number: str, **fields: Any) -> Callable[[Person], Any]:
    return lambda person: person.accounting("PUT", f"accounts/{number}", fields)


def vat_code(number: str, **fields: Any) -> Callable[[Person], Any]:
    return lambda person: person.accounting("PUT", f"vat-codes/{number}", fields)


def nothing(_person: Person) -> None:
    """The state needs no preparation."""


def retried(
    code: str,
    way: str,
    invoice: dict[str, Any],
    act: Callable[[Person], Any] | None = None,
    *,
    before: Callable[[Person], Any] = nothing,
    line: dict[str, Any] | None = None,
) -> None:
    """Register a remedy that a retry follows: `act` in the setup or in accounting, or another `line` in Moment."""

    def steps(person: Person) -> None:
        before(person)
        number = person.invoice(**invoice)
        person.wait()
        person.sees(code, number)
        if act is not None:
            act(person)
        if line is not None:
            person.edit_line(number, **line)
        person.retry(number)
        person.done(number)

    CASES.add(code, way, steps)


def credited(code: str, wrong: dict[str, Any], right: dict[str, Any]) -> None:
    def steps(person: Person) -> None:
        person.credit_create_and_close(code, person.invoice(**wrong), person.invoice(**right))

    CASES.add(code, "credit, create a new one, close with the credit note", steps)


def setup(**sections: Any) -> Callable[[Person], Any]:
    return lambda person: person.setup(**sections)


def accrual(debit: str) -> dict[str, Any]:
    return {"enabled": True, "debit_account": debit, "credit_account": "2965"}


retried(
    "account_missing",
    "select an account in Moment, retry",
    {"line": {"accountNumber": None}},
    line={"accountNumber": "3000"},
)
retried(
    "account_unknown",
    "create the account in accounting, retry",
    {"line": {"accountNumber": "3991"}},
    account("3991", type="income"),
)
credited("account_unknown", {"line": {"accountNumber": "3999"}}, {})
retried(
    "account_inactive",
    "activate the account in accounting, retry",
    {"line": {"accountNumber": "3010"}},
    account("3010", active=True),
    before=account("3010", active=False),
)
credited("account_not_postable", {"line": {"accountNumber": "1500", "vatCode": None}}, {})

retried(
    "setup_account_unknown",
    "select another account in the setup, retry",
    ROUNDED,
    setup(),
    before=setup(rounding={"account": "7741"}),
)
retried(
    "setup_account_unknown",
    "create the account in accounting, retry",
    ROUNDED,
    account("7742", type="expense"),
    before=setup(rounding={"account": "7742"}),
)
retried(
    "setup_account_inactive",
    "select another account in the setup, retry",
    ROUNDED,
    setup(),
    before=lambda person: (account("7743", active=False)(person), person.setup(rounding={"account": "7743"})),
)
retried(
    "setup_account_inactive",
    "activate the account in accounting, retry",
    ROUNDED,
    account("7743", active=True),
    before=lambda person: (account("7743", active=False)(person), person.setup(rounding={"account": "7743"})),
)
retried(
    "setup_account_not_postable",
    "select another account in the setup, retry",
    ROUNDED,
    setup(),
    before=setup(rounding={"account": "2400"}),
)
retried(
    "rounding_account_needs_vat_code",
    "select a rounding account without a VAT code, retry",
    ROUNDED,
    setup(),
    before=setup(rounding={"account": "3020"}),
)
retried(
    "accrual_account_needs_vat_code",
    "select an account without a VAT code, retry",
    ACCRUED,
    setup(accrual=accrual("3910")),
    before=setup(accrual=accrual("3020")),
)

retried(
    "vat_code_unknown",
    "create the code in accounting, retry",
    {"line": {"vatCode": "88", "accountNumber": "3900"}},
    vat_code("88", rate="25.00", direction="output", vatAccountNumber="2700"),
)
retried("vat_code_unknown", "correct it in Moment, retry", {"line": {"vatCode": "99"}}, line={"vatCode": "3"})
retried(
    "vat_code_inactive",
    "activate the VAT code in accounting, retry",
    {"line": {"vatCode": "3"}},
    vat_code("3", active=True),
    before=vat_code("3", active=False),
)
retried("vat_code_required", "enter the VAT code in Moment, retry", {"line": {"vatCode": None}}, line={"vatCode": "3"})
retried(
    "vat_code_missing",
    "enter the VAT code in Moment, retry",
    {"line": {"vatCode": None, "accountNumber": "3910"}},
    line={"vatCode": "3", "accountNumber": "3000"},
)
retried(
    "vat_code_not_allowed_on_account",
    "allow the code on the account in accounting, retry",
    {"line": {"accountNumber": "3100"}},
    account("3100", vatCodesAllowed=["5", "3"]),
)
retried(
    "vat_code_not_allowed_on_account",
    "correct the code in Moment, retry",
    {
        "line": {"accountNumber": "3010", "vatCode": "31", "vatRate": 15, "vatAmount": 1500},
        "vatAmount": 1500,
        "totalAmount": 11500,
    },
    line={"accountNumber": "3000"},
)
retried(
    "vat_code_not_for_sales",
    "enter a VAT code for sales in Moment, retry",
    {"line": {"vatCode": "1"}},
    line={"vatCode": "3"},
)
credited("vat_amount_mismatch", VAT_TOO_LOW, {})
retried("vat_rate_mismatch", "the rate is right: enter its code in Moment, retry", LOW_RATE, line={"vatCode": "31"})
credited("vat_rate_mismatch", LOW_RATE, {})
credited("vat_sign", OTHER_SIGNS, {})


@pytest.fixture(autouse=True)
def _first_setup(person: Person) -> Any:
    """The next case begins with the setup as it was at first."""
    yield
    if any(one.startswith(("setup_", "rounding_", "accrual_")) for one in person.seen):
        person.setup()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_remedy_leads_to_an_end(case: Case, person: Person) -> None:
    case.carry_out(person)
