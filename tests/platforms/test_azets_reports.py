"""Posted lines come back from the hub: whole, in order, each bad row told of, and nothing but a page ever held."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.base import PostedPage, UnreadableLine
from bilag.posting.expense import PostedLine
from bilag.wire.errors import Refused, Unavailable
from bilag.wire.recording import recording
from tests.support.azets.expense_samples import cost, document, post_supplier_invoice, report_page, row
from tests.support.azets.office import Office
from tests.support.azets.requests import Requests
from tests.support.azets.samples import DAY
from tests.support.azets.scripted_hub import Asked, Said, ScriptedHub, page, problem


def lines_of(pages: Iterator[PostedPage]) -> list[PostedLine]:
    """All lines of a report in which nothing is odd."""
    found = []
    for one in pages:
        assert one.unreadable == ()
        found += one.lines
    return found


def costs(azets: AzetsPlatform, **asked: Any) -> list[PostedLine]:
    """The lines on cost accounts of the standard report."""
    return [line for line in lines_of(azets.list_posted_lines("", **asked)) if line.account > "4000"]


class TestWhatComes:
    """From the sandbox hub, over HTTP."""

    def test_supplier_invoice_comes_with_all_that_an_expense_needs(self, visma: Office) -> None:
        journal = post_supplier_invoice(visma, documents=[document()])
        (line,) = costs(visma.platform())
        assert line == PostedLine(
            journal=journal,
            entry=1,
            account="4300",
            voucher_number=20015,
            voucher_date=DAY,
            value_date=DAY,
            voucher_type="incomingInvoice",
            net=Decimal("1000.00"),
            vat=Decimal("250.00"),
            gross=Decimal("1250.00"),
            currency="NOK",
            exchange_rate=Decimal(1),
            currency_amount=Decimal("1250.00"),
            text="Modellmateriell",
            vat_code="1",
            supplier_number="50010",
            supplier_invoice_number="F-88",
            units=((1, "10"), (2, "1207"), (3, "1")),
            documents=line.documents,
        )
        assert len(line.documents) == 1

    def test_lines_split_over_projects_share_the_document_of_their_voucher(self, visma: Office) -> None:
        other = {"2": "1208", "3": "2"}
        post_supplier_invoice(visma, cost(), cost("7140", "160.00", "40.00", orgUnits=other), documents=[document()])
        first, second = costs(visma.platform())
        assert first.documents == second.documents != ()
        assert [line.unit(2) for line in (first, second)] == ["1207", "1208"]
        assert (second.entry, second.net, second.vat, second.gross) == (
            2, Decimal("160.00"), Decimal("40.00"), Decimal("200.00"),
        )  # fmt: skip

    def test_cost_without_deduction_of_vat_has_none(self, visma: Office) -> None:
        post_supplier_invoice(visma, cost(amount="1250.00", vat="0.00", vatCode=None))
        (line,) = costs(visma.platform())
        assert (line.net, line.vat, line.gross, line.vat_code) == (
            Decimal("1250.00"), Decimal("0.00"), Decimal("1250.00"), None,
        )  # fmt: skip

    def test_credit_in_foreign_currency_keeps_its_sign_its_amount_and_its_rate(self, visma: Office) -> None:
        back = cost(amount="-456.00", vat="-114.00", currencyAmount="-40.00", vatCurrencyAmount="-10.00")
        post_supplier_invoice(visma, back, type="incomingCreditNote", currency="EUR", exchangeRate="11.4000")
        (line,) = costs(visma.platform())
        assert (line.net, line.gross, line.currency) == (Decimal("-456.00"), Decimal("-570.00"), "EUR")
        assert (line.currency_amount, line.exchange_rate) == (Decimal("-50.00"), Decimal("11.4"))
        assert line.voucher_type == "incomingCreditNote"

    def test_reversal_is_a_line_of_its_own_that_points_back(self, visma: Office) -> None:
        journal = post_supplier_invoice(visma)
        visma.admin("POST", f"/journals/{journal}/reverse")
        first, second = costs(visma.platform())
        assert second.reverses == first.key == (journal, 1)
        assert second.gross == -first.gross
        assert first.reverses is None

    def test_units_are_as_the_ledger_keeps_them_and_zero_is_none(self, visma: Office) -> None:
        post_supplier_invoice(visma, cost(orgUnits={"2": "0012", "3": "0", "8": "0", "9": "Ø-7"}))
        (line,) = costs(visma.platform())
        assert line.units == ((2, "12"), (8, "0"), (9, "Ø-7"))
        assert (line.unit(2), line.unit(3), line.unit(8)) == ("12", None, "0")

    def test_poweroffices_project_numbers_keep_their_zeros(self, poweroffice: Office) -> None:
        post_supplier_invoice(poweroffice, cost(orgUnits={"2": "0012"}))
        (line,) = costs(poweroffice.platform())
        assert line.unit(2) == "0012"

    def test_lines_posted_later_are_found_behind_the_cursor_whatever_their_dates(self, visma: Office) -> None:
        azets = visma.platform()
        post_supplier_invoice(visma)
        *_, last = azets.list_posted_lines("")
        assert last.cursor is not None
        assert lines_of(azets.list_posted_lines("", after=last.cursor)) == []
        old = str(DAY - timedelta(days=20))
        late = post_supplier_invoice(visma, number=20016, voucherDate=old, valueDate=old)
        found = costs(azets, after=last.cursor)
        assert [(line.journal, str(line.voucher_date)) for line in found] == [(late, old)]

    def test_first_day_is_one_of_value_dates_and_belongs_to_it(self, visma: Office) -> None:
        azets = visma.platform()
        post_supplier_invoice(visma)
        assert len(costs(azets, first=DAY)) == 1
        assert costs(azets, first=DAY + timedelta(days=1)) == []

    def test_report_without_lines_has_no_cursor(self, visma: Office) -> None:
        assert list(visma.platform().list_posted_lines("")) == [PostedPage((), (), None)]

    def test_long_report_comes_page_by_page_and_only_as_it_is_read(self, visma: Office) -> None:
        post_supplier_invoice(visma, *[cost(amount="1.00", vat="0.25") for _ in range(1200)])
        with recording() as exchanges:
            pages = visma.platform().list_posted_lines("standard")
            first = next(pages)
            assert len([one for one in exchanges if "/reports/" in one.path]) == 1, (
                "a page was fetched that nobody read"
            )
            second = next(pages)
            assert list(pages) == []
        keys = [line.key for line in (*first.lines, *second.lines)]
        assert (len(first.lines), len(keys)) == (1000, 1202)
        assert keys == sorted(set(keys))

    def test_report_of_another_name_is_asked_for_by_that_name(self, visma: Office) -> None:
        visma.admin("PATCH", "", {"reports": ["standard", "Prosjekt æøå? 2"]})
        post_supplier_invoice(visma)
        assert len(lines_of(visma.platform().list_posted_lines(" Prosjekt æøå? 2 "))) == 3

    def test_unknown_report_is_told_of_the_setup_and_stops_no_invoice(self, visma: Office) -> None:
        with pytest.raises(Refused) as caught:
            next(visma.platform().list_posted_lines("Kostander"))
        english, norwegian = (render_problem(caught.value.problems[0], language) for language in ("en", "nb"))
        assert english.subject == "setup: Report name"
        assert english.message == (
            "The report Kostander does not exist in the accounting system, so no expenses are imported. Invoices are not affected."
        )
        assert norwegian.remedy == (
            "Rett rapportnavnet i oppsettet, eller la feltet stå tomt for å bruke standardrapporten."
        )

    @pytest.mark.parametrize("name", [".", "..", "a/b", "../../vouchers", "?limit=1"])
    def test_report_name_cannot_lead_to_another_address(self, visma: Office, name: str) -> None:
        with pytest.raises(Refused) as caught:
            next(visma.platform().list_posted_lines(name))
        assert caught.value.problems[0].code == "report_unknown"

    def test_requests_are_the_contracts(self, visma: Office, hub_contract: dict[str, Any]) -> None:
        azets, requests = visma.platform(), Requests(hub_contract)
        post_supplier_invoice(visma, *[cost(amount="1.00", vat="0.00") for _ in range(1001)])
        with recording() as exchanges:
            *_, last = azets.list_posted_lines("", first=DAY)
            list(azets.list_posted_lines("standard", after=last.cursor))
        operations = [requests.check(exchange) for exchange in exchanges]
        assert operations.count("getReport") == 3

    @pytest.mark.parametrize(
        "kind", ["closed_before", "lost_answer", "bad_gateway", "unavailable", "ledger_unavailable", "cut_off",
                 "broken_off", "internal_error", "rate_limited"],
    )  # fmt: skip
    def test_hub_that_fails_is_tried_again_and_nothing_is_lost(self, visma: Office, kind: str) -> None:
        azets = visma.platform()
        azets.chart()
        post_supplier_invoice(visma)
        visma.fault(kind, "getReport", retryAfter="none")
        with pytest.raises(Unavailable) as caught:
            list(azets.list_posted_lines(""))
        assert caught.value.outcome_known, "reading has no effect, whatever went wrong"
        assert len(costs(azets)) == 1

    @pytest.mark.parametrize("kind", ["unauthorized", "unauthorized_html"])
    def test_token_that_runs_out_under_way_is_renewed(self, visma: Office, kind: str) -> None:
        azets = visma.platform()
        post_supplier_invoice(visma)
        visma.fault(kind, "getReport")
        assert len(costs(azets)) == 1

    def test_fields_that_the_contract_does_not_know_are_passed_over(self, visma: Office) -> None:
        azets = visma.platform()
        post_supplier_invoice(visma)
        visma.fault("unknown_fields", "getReport")
        assert len(costs(azets)) == 1


ODD_ROWS: dict[str, tuple[Any, str, str]] = {
    "amount missing": ({"netAmount": ...}, "the net amount is missing", "nettobeløpet mangler"),
    "amount null": ({"vatAmount": None}, "the VAT amount has the wrong form", "mva-beløpet har feil form"),
    "amount a number": ({"netAmount": 1000}, "the net amount has the wrong form", "nettobeløpet har feil form"),
    "amount with a comma": (
        {"grossAmount": "1250,00"},
        "the gross amount has the wrong form",
        "bruttobeløpet har feil form",
    ),
    "amount beyond money": (
        {"netAmount": "1" * 16 + ".00"},
        "the net amount has the wrong form",
        "nettobeløpet har feil form",
    ),
    "thirds of an øre": ({"netAmount": "1000.003"}, "the net amount has the wrong form", "nettobeløpet har feil form"),
    "sum that is none": (
        {"grossAmount": "1250.01"},
        "the gross amount is not the sum of the net amount and the VAT amount",
        "bruttobeløpet er ikke summen av nettobeløpet og mva-beløpet",
    ),
    "no such day": ({"voucherDate": "2026-02-30"}, "the voucher date has the wrong form", "bilagsdatoen har feil form"),
    "account of letters": ({"accountNumber": "43x"}, "the account has the wrong form", "kontoen har feil form"),
    "rate of nothing": ({"exchangeRate": "0"}, "the exchange rate has the wrong form", "valutakursen har feil form"),
    "half a pair": (
        {"documentIds": ["\ud83d"]},
        "the field for documents has the wrong form",
        "feltet for dokumenter har feil form",
    ),
    "unit that is a number": (
        {"orgUnits": {"2": 1207}},
        "the field for organisational units has the wrong form",
        "feltet for organisasjonsenheter har feil form",
    ),
    "documents missing": ({"documentIds": ...}, "the field for documents is missing", "feltet for dokumenter mangler"),
    "document with a line break": (
        {"documentIds": ["9\n1"]},
        "the field for documents has the wrong form",
        "feltet for dokumenter har feil form",
    ),
    "reversal of nothing": ({"reverses": {}}, "the reversed line is missing", "den reverserte linjen mangler"),
}


class TestOddRows:
    """From a hub that keeps to nothing."""

    @pytest.mark.parametrize("name", ODD_ROWS)
    def test_bad_row_is_told_of_and_the_others_come_in(
        self, scripted: ScriptedHub, azets: AzetsPlatform, name: str
    ) -> None:
        changes, english, norwegian = ODD_ROWS[name]
        bad = {field: value for field, value in (row(entry=3) | changes).items() if value is not ...}
        scripted.on("GET", "/reports/standard", Said(200, report_page(row(), bad, row(entry=4))))
        (page_,) = azets.list_posted_lines("")
        assert [line.key for line in page_.lines] == [(8741, 2), (8741, 4)]
        (odd,) = page_.unreadable
        assert (odd.where, odd.key) == ("8741/3", (8741, 3))
        words = render_problem(odd.problem, "en"), render_problem(odd.problem, "nb")
        assert words[0].message.startswith(
            f"Bilag cannot read posted line 8741/3 from the accounting system: {english}"
        )
        assert words[1].message.startswith(
            f"Bilag kan ikke lese bokført linje 8741/3 fra regnskapssystemet: {norwegian}"
        )
        assert "register it manually in Moment" in words[0].remedy

    @pytest.mark.parametrize(
        "bad", [None, 5, "row", [], {}, row(journal=0), row(entry=-1), row(journal=2**63), row() | {"entryNumber": "2"},
                row() | {"journalNumber": True}],
        ids=["null", "number", "text", "list", "empty", "journal 0", "entry -1", "too large", "entry as text", "true"],
    )  # fmt: skip
    def test_row_without_identity_is_told_by_its_place(
        self, scripted: ScriptedHub, azets: AzetsPlatform, bad: Any
    ) -> None:
        scripted.on("GET", "/reports/standard", Said(200, report_page(row(), bad)))
        (page_,) = azets.list_posted_lines("")
        assert len(page_.lines) == 1
        assert [(odd.where, odd.key) for odd in page_.unreadable] == [("row 2", None)]

    def test_content_of_a_bad_row_is_in_no_sentence(self, scripted: ScriptedHub, azets: AzetsPlatform) -> None:
        secret = "01017012345"
        scripted.on("GET", "/reports/standard", Said(200, report_page(row(netAmount=secret + "x", text=secret))))
        (page_,) = azets.list_posted_lines("")
        assert secret not in repr(page_.unreadable)

    def test_texts_are_one_line_of_a_bounded_length(self, scripted: ScriptedHub, azets: AzetsPlatform) -> None:
        long = row(text="Modell\x00\ud83d\r\nmateriell " * 200, supplierName=" Byggvare\tØst  AS ", supplierNumber="")
        scripted.on("GET", "/reports/standard", Said(200, report_page(long)))
        ((line,), _) = next((one.lines, one.unreadable) for one in azets.list_posted_lines(""))
        assert line.text.startswith("Modell materiell Modell")
        assert len(line.text) <= 500
        assert (line.supplier_name, line.supplier_number) == ("Byggvare Øst AS", None)

    def test_optional_columns_may_be_left_out(self, scripted: ScriptedHub, azets: AzetsPlatform) -> None:
        optional = {
            "currencyAmount", "vatCode", "quantity", "supplierNumber", "supplierName", "supplierInvoiceNumber", "reverses",
        }  # fmt: skip
        short = {name: value for name, value in row(text=None).items() if name not in optional}
        scripted.on("GET", "/reports/standard", Said(200, report_page(short)))
        (page_,) = azets.list_posted_lines("")
        assert page_.unreadable == ()
        assert (page_.lines[0].currency_amount, page_.lines[0].text) == (None, "")

    def test_minus_zero_is_zero(self, scripted: ScriptedHub, azets: AzetsPlatform) -> None:
        scripted.on("GET", "/reports/standard", Said(200, report_page(row(vatAmount="-0.00", grossAmount="1000.00"))))
        (page_,) = azets.list_posted_lines("")
        assert f"{page_.lines[0].vat}" == "0.00"


ODD_PAGES = {
    "a list": Said(200, [row()]),
    "no rows": Said(200, {"nextCursor": "x", "hasMore": False}),
    "more as text": Said(200, report_page(more="no")),
    "a cursor that is a number": Said(200, report_page(cursor=5)),
    "an endless cursor": Said(200, report_page(cursor="x" * 201)),
    "more without a cursor": Said(200, report_page(row(), cursor=None, more=True)),
    "a page for people": page(200, "Welcome"),
    "a proxy's page": page(502),
    "NaN": Said(200, text='{"rows": [NaN], "nextCursor": null, "hasMore": false}'),
}


class TestOddPages:
    """From the same hub."""

    @pytest.mark.parametrize("name", ODD_PAGES)
    def test_page_that_is_none_is_asked_for_again_later(
        self, scripted: ScriptedHub, azets: AzetsPlatform, name: str
    ) -> None:
        scripted.on("GET", "/reports/standard", ODD_PAGES[name])
        with pytest.raises(Unavailable) as caught:
            list(azets.list_posted_lines(""))
        assert caught.value.problems[0].code in ("hub_malformed", "hub_proxy_error")

    def test_page_that_comes_twice_is_passed_on_and_reading_goes_on(
        self, scripted: ScriptedHub, azets: AzetsPlatform
    ) -> None:
        first = Said(200, report_page(row(1), cursor="c1", more=True))
        second = Said(200, report_page(row(2), cursor="c2"))
        scripted.on("GET", "/reports/standard", first, first, second)
        assert [line.journal for line in lines_of(azets.list_posted_lines(""))] == [1, 1, 2]
        assert [one.query.get("after") for one in scripted.seen("GET", "/standard")] == [None, "c1", "c1"]

    def test_pages_that_never_end_are_a_fault_of_the_hub(self, scripted: ScriptedHub, azets: AzetsPlatform) -> None:
        scripted.on("GET", "/reports/standard", Said(200, report_page(row(), cursor="c1", more=True)))
        with pytest.raises(Unavailable) as caught:
            list(azets.list_posted_lines(""))
        assert "the pages do not end" in str(caught.value)
        assert len(scripted.seen("GET", "/standard")) == 4

    def test_cursor_that_the_hub_forgot_costs_a_reading_from_the_first_day(
        self, scripted: ScriptedHub, azets: AzetsPlatform
    ) -> None:
        scripted.on("GET", "/reports/standard", problem(400, "cursor_invalid"), Said(200, report_page(row())))
        assert len(lines_of(azets.list_posted_lines("", after="old", first=DAY))) == 1
        forgotten, anew = scripted.seen("GET", "/standard")
        assert (forgotten.query["after"], anew.query.get("after"), anew.query["fromDate"]) == ("old", None, str(DAY))

    def test_hub_that_refuses_its_own_cursors_is_tried_again_later(
        self, scripted: ScriptedHub, azets: AzetsPlatform
    ) -> None:
        def forgetful(asked: Asked) -> Said:
            known = "after" not in asked.query
            return Said(200, report_page(row(), more=True)) if known else problem(400, "cursor_invalid")

        scripted.on("GET", "/reports/standard", forgetful)
        with pytest.raises(Unavailable):
            list(azets.list_posted_lines(""))
        assert len(scripted.seen("GET", "/standard")) == 4

    @pytest.mark.parametrize("name", [".", ".."])
    def test_report_name_that_means_a_folder_is_not_even_asked_for(
        self, scripted: ScriptedHub, azets: AzetsPlatform, name: str
    ) -> None:
        azets.chart()
        before = len(scripted.asked)
        with pytest.raises(Refused):
            next(azets.list_posted_lines(name))
        assert len(scripted.asked) == before

    def test_fifty_pages_take_no_more_memory_than_a_few(self, scripted: ScriptedHub, azets: AzetsPlatform) -> None:
        def turned(asked: Asked) -> Said:
            number = int(asked.query.get("after", "0")) + 1
            rows = [row(number, entry) for entry in range(1, 201)]
            return Said(200, report_page(*rows, cursor=str(number), more=number < 50))

        scripted.on("GET", "/reports/standard", turned)
        azets.chart()
        tracemalloc.start()
        try:
            count, early = 0, 0
            for number, one in enumerate(azets.list_posted_lines(""), start=1):
                count += len(one.lines)
                if number == 5:
                    early = tracemalloc.get_traced_memory()[1]
            late = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert count == 10_000
        assert late < early * 1.5, f"{early} bytes after 5 pages, {late} after 50"


class TestExpenseKey:
    """The external key of an expense."""

    def test_key_names_platform_parent_client_journal_and_entry(self, azets: AzetsPlatform) -> None:
        assert azets.expense_key(8741, 2) == "azets:S2041:123:8741:2"

    def test_client_written_with_zeros_has_the_same_keys(self, connect: Any) -> None:
        assert connect(source_client_id="00123").expense_key(1, 1) == connect().expense_key(1, 1)

    def test_longest_key_fits_in_moments_field(self, connect: Any) -> None:
        longest = connect(source_client_id="9" * 8, parent_client_id="S" + "9" * 11)
        assert len(longest.expense_key(2**63 - 1, 2**63 - 1)) <= 100


def test_odd_line_can_be_kept_and_told_later() -> None:
    from bilag.platforms.base import Said as Sentence
    from bilag.posting.problem import Problem

    odd = UnreadableLine("row 2", Sentence("the row has the wrong form", "raden har feil form"))
    kept = Problem.from_json(odd.problem.as_json())
    assert "row 2" in render_problem(kept, "en").message
    assert "raden har feil form" in render_problem(kept, "nb").message
