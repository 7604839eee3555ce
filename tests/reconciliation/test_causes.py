"""Differences by cause: which cause an invoice has, and what a page says of it before it lists the invoices."""

import re
from decimal import Decimal
from typing import Any

import pytest

from bilag.posting.problem import Problem
from tests.reconciliation.test_pages import text
from tests.support.people import People
from tests.support.reconciliation import Compare, other_voucher


def differs(field: str, expected: str, found: str, **more: str) -> Problem:
    return Problem("posted_differs", "invoice 1", {"field": field, "expected": expected, "found": found, **more})


def net(account: str, expected: str, found: str, **more: str) -> Problem:
    return differs("net", expected, found, account=account, **more)


@pytest.mark.parametrize(
    ("problems", "cause"),
    [
        ([differs("total", "1.00", "2.00"), net("3000", "-9.00", "0.00"), net("3999", "0.00", "-9.00")],
         "account|3999|3000"),
        ([net("3000", "-9.00", "0.00"), net("3100", "-9.00", "0.00"), net("3999", "0.00", "-9.00")], "account|3999"),
        ([net("3000", "-9.00", "0.00", vat_code="3"), net("3000", "0.00", "-9.00", vat_code="1")], "vat|1|3|3000"),
        ([net("3000", "-9.00", "0.00", vat_code="3"), net("3000", "0.00", "-9.00")], "vat||3|3000"),
        ([net("3000", "-9.00", "0.00", units="1=5"), net("3000", "0.00", "-9.00", units="1=6")], "units|1=6|1=5|3000"),
        ([differs("total", "9.00", "8.00"), net("3000", "-9.00", "-8.00")], "amount|3000"),
        ([differs("due_date", "2026-12-07", "-"), differs("customer", "1", "2")], "field|due_date"),
        ([net("3999", "0.00", "-9.00"), Problem("account_unknown", "line 2", {"account": "3999"})],
         "problem|account_unknown|3999"),
        ([net("30|00", "0.00", "odd")], "amount|30 00"),
    ],
)  # fmt: skip
def test_the_most_telling_difference_is_the_cause(problems: list[Problem], cause: str) -> None:
    from bilag.reconciliation.causes import cause_of

    assert cause_of("differing", "", problems) == cause
    assert cause_of("matched", "", problems) == ""


def test_missing_invoices_have_the_cause_that_stops_them() -> None:
    from bilag.reconciliation.causes import cause_of

    assert cause_of("missing", "not_sent", []) == "why|not_sent"
    stopped = [Problem("account_unknown", "line 2", {"account": "3999"})]
    assert cause_of("missing", "needs_person", stopped) == "problem|account_unknown|3999"
    assert cause_of("explained", "do_not_transfer", []) == ""


def section(page: str) -> str:
    return page.partition('class="stack causes"')[2].partition("</table>")[0]


def test_a_page_says_the_causes_first_and_a_cause_leads_to_its_invoices(people: People, compared: Compare) -> None:
    wrong = [people.world.insert_invoice({"exportStatus": "transferred"}) for _ in range(3)]
    for number in wrong:
        other_voucher(people.world, number, "12500.00", incomeAccount="3999")
    run = compared()
    owner = people.client("owner")
    page = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/"))
    first = section(page)
    assert "<b>3 ×</b>" in first, page
    link = re.search(r'href="(\?found=differing&amp;cause=[^"]+)"', first)
    assert link
    chosen = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/{link[1].replace('&amp;', '&')}"))
    assert all(f">{number}<" in chosen for number in wrong)
    assert section(chosen) == ""
    assert "Show all" in chosen
    assert section(text(owner.get(f"/c/fjell/reconciliation/{run.pk}/print/"))), "on paper too"
    assert "Etter årsak" in text(people.client("owner", "nb").get(f"/c/fjell/reconciliation/{run.pk}/"))
    odd = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/?found=differing&cause=%00oops"))
    assert section(odd), "a cause that is none shows all"


def test_every_cause_is_a_sentence_in_both_languages(people: People, compared: Compare) -> None:
    from bilag.reconciliation.models import Finding

    run = compared()
    causes = {
        "account|3999|3000": ("Account 3999 instead of 3000", "Konto 3999 i stedet for 3000"),
        "account|3999": ("Account 3999 is not on the invoice", "Konto 3999 står ikke på fakturaen"),
        "vat|1|3|3000": ("VAT code 1 instead of 3 on account 3000", "Mva-kode 1 i stedet for 3 på konto 3000"),
        "vat||3|3000": ("No VAT code instead of 3", "Ingen mva-kode i stedet for 3"),
        "vat|1||3000": ("VAT code 1 on account 3000, none on the invoice", "Mva-kode 1 på konto 3000, ingen på fakturaen"),
        "units|1=6|1=5|3000": ("Other dimensions on account 3000", "Andre dimensjoner på konto 3000"),
        "amount|3000": ("Another amount on account 3000", "Et annet beløp på konto 3000"),
        "field|due_date": ("differs", "stemmer ikke"),
        "field|no_such_field": ("Something else differs", "Noe annet stemmer ikke"),
    }  # fmt: skip
    Finding.objects.bulk_create(
        Finding(
            run=run,
            found="differing",
            number=number,
            cause=cause,
            currency="NOK",
            total=Decimal(10),
            posted_total=Decimal(4),
        )
        for number, cause in enumerate(causes)
    )
    run.counts["differing"] = len(causes)
    run.save()
    for language, place in (("en", 0), ("nb", 1)):
        page = section(text(people.client("owner", language).get(f"/c/fjell/reconciliation/{run.pk}/")))
        assert [words[place] for words in causes.values() if words[place] not in page] == []
    assert "6.00 NOK" in section(text(people.client("owner").get(f"/c/fjell/reconciliation/{run.pk}/")))


def test_invoices_that_cannot_be_read_have_a_group_of_their_own(people: People, compared: Compare) -> None:
    from bilag.reconciliation.models import Finding

    run = compared()
    problem = Problem("moment_malformed", "invoice 7", {"field": "netAmount", "why": "it is missing"}).as_json()
    rows: list[dict[str, Any]] = [
        {"found": "missing", "number": 1, "reason": "not_sent", "cause": "why|not_sent"},
        {"found": "missing", "number": 7, "unread": True, "problems": [problem], "cause": "problem|moment_malformed"},
        {"found": "differing", "number": 8, "unread": True, "problems": [problem], "cause": "problem|moment_malformed"},
        {"found": "undated", "number": None, "unread": True, "problems": [problem]},
    ]
    Finding.objects.bulk_create(Finding(run=run, **row) for row in rows)
    run.counts |= {"missing": 2, "differing": 1, "undated": 1, "unread": 3}
    run.save()
    owner = people.client("owner")
    page = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/?found=unread"))
    tabs = dict(re.findall(r'href="\?found=(\w+)"[^>]*>[^<]+ <span class="pill[^"]*">(\d+)<', page))
    assert tabs == {"missing": "1", "unread": "2", "undated": "1", "matched": "0"}
    assert "<b>2 ×</b>" in section(page)
    missing = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/?found=missing"))
    assert ">1<" in missing.partition("<tbody>")[2]
    assert "Transfer 7" not in missing
    differing = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/?found=differing"))
    assert 'found=missing" aria-current' in differing, "an empty group leads to the first that is not"


def test_a_long_list_is_read_to_its_end_with_numbers_and_without(people: People, compared: Compare) -> None:
    from bilag.reconciliation.models import Finding

    run = compared()
    Finding.objects.bulk_create(
        Finding(run=run, found="undated", number=number if number < 130 else None, name=f"name-{number:03}")
        for number in range(260)
    )
    run.counts["undated"] = 260
    run.save()
    owner, path, seen = people.client("owner"), "?found=undated", list[str]()
    while path:
        page = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/{path}"))
        seen += re.findall(r"name-\d{3}", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"name-{number:03}" for number in range(260)]
