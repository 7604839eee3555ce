"""`bilag export` on a company that has posted one of each, through the real hub sandbox."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Transaction
from lxml import etree

from tests.support.exports import ODD_NAME, SAFT, Exports, amount, in_the_ledger, loaded, rows_of, signed, sums
from tests.support.world import World, money


def tree(text: str) -> etree._Element:
    return etree.fromstring(text.encode())


def all_texts(root: etree._Element, path: str) -> list[str]:
    return [one.text or "" for one in root.iterfind("/".join(f"{SAFT}{name}" for name in path.split("/")))]


def test_all_three_forms_agree_with_each_other_and_with_the_ledger(posted: World, exports: Exports) -> None:
    in_ledger = in_the_ledger(posted)
    summary, text = exports.made("csv")
    rows = rows_of(text)
    by_account: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_account[row["Account"]] += amount(row["Amount"])
    assert {account: total for account, total in by_account.items() if total} == in_ledger
    assert summary["totalDebit"] == summary["totalCredit"]
    assert (summary["entries"], summary["leftOut"]) == (len(rows), 0)
    # 4 invoices, 4 accruals, 2 of accrued income, a supplier's invoice
    assert summary["vouchers"] == 11
    assert len(posted.hub.ask("GET", "/admin/clients/123/ledger")) == 11

    of_saft, text = exports.made("saft")
    root = tree(text)
    by_account.clear()
    for line in root.iter(f"{SAFT}Line"):
        by_account[line.findtext(f"{SAFT}AccountID") or ""] += signed(line)
    assert {account: total for account, total in by_account.items() if total} == in_ledger
    debits = sum((max(signed(line), Decimal(0)) for line in root.iter(f"{SAFT}Line")), Decimal(0))
    assert all_texts(root, "GeneralLedgerEntries/TotalDebit") == [f"{debits:.2f}"] == [of_saft["totalDebit"]]
    assert all_texts(root, "GeneralLedgerEntries/TotalCredit") == [of_saft["totalCredit"]]
    assert all_texts(root, "GeneralLedgerEntries/NumberOfEntries") == ["11"]

    of_beancount, text = exports.made("beancount")
    in_book = sums(loaded(text))
    assert {account.rpartition(":")[2]: total for account, total in in_book.items()} == in_ledger
    shared = ("vouchers", "entries", "totalDebit", "totalCredit", "accounts", "vat")
    assert {key: of_saft[key] for key in shared} == {key: summary[key] for key in shared}
    assert {key: of_beancount[key] for key in shared} == {key: summary[key] for key in shared}


def test_the_saft_file_follows_the_official_schema(posted: World, exports: Exports, shared: Path) -> None:
    schema = etree.XMLSchema(file=shared / "specs/saft/schema/Norwegian_SAF-T_Financial_Schema_v_1.30.xsd")
    _, text = exports.made("saft")
    root = tree(text)
    schema.assertValid(root)
    broken = tree(text.replace("<AccountType>GL</AccountType>", "<AccountType>AR</AccountType>", 1))
    assert not schema.validate(broken)


def test_what_the_saft_file_says_of_company_customers_vat_and_dimensions(posted: World, exports: Exports) -> None:
    _, text = exports.made("saft")
    root = tree(text)
    assert all_texts(root, "Header/Company/RegistrationNumber") == ["310123455"]
    assert all_texts(root, "Header/Company/Name") == ["Fjell Arkitekter AS"]
    assert ODD_NAME in all_texts(root, "MasterFiles/Customers/Customer/Name")
    codes = "MasterFiles/TaxTable/TaxTableEntry/TaxCodeDetails/"
    standard = dict(zip(all_texts(root, codes + "TaxCode"), all_texts(root, codes + "StandardTaxCode"), strict=True))
    assert {"3": "3", "52": "52", "1": "1"}.items() <= standard.items()
    analyses = "MasterFiles/AnalysisTypeTable/AnalysisTypeTableEntry/"
    assert str(posted.any_project()["projectNumber"]) in all_texts(root, analyses + "AnalysisID")
    assert posted.any_project()["name"] in all_texts(root, analyses + "AnalysisIDDescription")
    vat: dict[str, Decimal] = defaultdict(Decimal)
    for tax in root.iter(f"{SAFT}TaxInformation"):
        vat[tax.findtext(f"{SAFT}TaxCode") or ""] += signed(tax, "Tax")
    assert vat == {"3": in_the_ledger(posted)["2700"], "1": in_the_ledger(posted)["2710"], "52": 0}
    accounts = "MasterFiles/GeneralLedgerAccounts/Account/"
    mapped = dict(zip(all_texts(root, accounts + "AccountID"), all_texts(root, accounts + "GroupingCode"), strict=True))
    assert (mapped["3000"], mapped["3105"], mapped["2700"], mapped["3910"]) == ("3000", "3100", "2740", "NA")
    foreign = [line for line in root.iter(f"{SAFT}Line") if line.findtext(f".//{SAFT}CurrencyCode") == "EUR"]
    assert {line.findtext(f".//{SAFT}ExchangeRate") for line in foreign} == {"11.80345"}
    assert [line.findtext(f".//{SAFT}CurrencyAmount") for line in foreign] == ["333.33", "333.33"]
    assert [signed(line) for line in foreign] == [money("3934.44"), money("-3934.44")]
    balances = {one.findtext(f"{SAFT}AccountID"): signed_closing(one) for one in root.iter(f"{SAFT}Account")}
    assert {account: total for account, total in balances.items() if total} == in_the_ledger(posted)


def signed_closing(account: etree._Element) -> Decimal:
    assert account.findtext(f"{SAFT}OpeningDebitBalance") == "0.00"
    debit, credit = (account.findtext(f"{SAFT}Closing{side}Balance") for side in ("Debit", "Credit"))
    return Decimal(debit) if debit is not None else -Decimal(credit or 0)


def test_names_are_never_taken_for_a_formula_and_stand_whole_in_every_form(posted: World, exports: Exports) -> None:
    _, text = exports.made("csv")
    assert f"'{ODD_NAME}" in {row["Customer name"] for row in rows_of(text)}
    assert exports.folder.joinpath("out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    _, text = exports.made("beancount")
    payees = {one.payee for one in loaded(text) if isinstance(one, Transaction)}
    assert ODD_NAME in payees


def test_only_the_asked_period_and_by_wish_what_others_posted(posted: World, exports: Exports) -> None:
    body = {"voucherNumber": 77001, "voucherDate": "2026-11-23", "customerNumber": "10001", "totalAmount": "125.00"}
    posted.hub.ask("POST", "/admin/clients/123/vouchers", body)
    summary, text = exports.made("csv")
    assert (summary["leftOut"], "77001" in text) == (1, False)
    summary, text = exports.made("csv", "--whole-journal")
    assert (summary["leftOut"], summary["vouchers"], "77001" in text) == (0, 12, True)
    january = exports.typed("csv", "fjell", "--from", "2027-01-01", "--to", "2027-01-31", "--out", "-")
    assert january.exit_code == 0, january.output
    rows = rows_of(january.stdout.removeprefix("\ufeff"))
    assert {(row["Voucher date"], row["Kind"]) for row in rows} == {("2027-01-31", "journal")}
    assert "Written: stdout, 1 voucher with 2 entries" in " ".join(january.stderr.split())


def test_files_are_named_by_what_is_in_them_and_never_replaced_unasked(posted: World, exports: Exports) -> None:
    period = ("fjell", "--from", "2026-11-01", "--to", "2026-11-30")
    for form in ("saft", "beancount", "csv"):
        assert exports.typed(form, *period).exit_code == 0
    beancount, csv, saft = sorted(exports.left_over(), key=lambda name: name.rpartition(".")[2])
    assert (beancount, csv) == ("fjell-2026-11-01-2026-11-30.beancount", "fjell-2026-11-01-2026-11-30.csv")
    assert saft.startswith("SAF-T Financial_310123455_20")
    assert saft.endswith(".xml")
    before = exports.folder.joinpath(csv).read_bytes()
    again = exports.typed("csv", *period)
    assert again.exit_code == 2
    assert (
        f"{csv} already exists and was not changed. Give another file with --out, or replace it with --force"
        in again.output
    )
    assert exports.folder.joinpath(csv).read_bytes() == before
    assert exports.typed("csv", *period, "--force").exit_code == 0


def test_an_export_that_is_interrupted_leaves_nothing_behind(
    posted: World, exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.exports import beancount

    file = exports.folder / "book.beancount"
    file.write_text("as it was")
    tell = beancount.transaction

    def interrupted(voucher: object, currency: str) -> str:
        if getattr(voucher, "kind", "") == "journal":  # after some were written
            raise KeyboardInterrupt
        return tell(voucher, currency)  # type: ignore[arg-type]

    monkeypatch.setattr(beancount, "transaction", interrupted)
    answer = exports.typed(
        "beancount", "fjell", "--from", "2026-01-01", "--to", "2027-12-31", "--out", str(file), "--force"
    )
    assert answer.exit_code != 0
    assert (exports.left_over(), file.read_text()) == (["book.beancount"], "as it was")
    posted.hub.fault(operation="listVouchers", kind="unavailable", times=50)
    away = exports.typed("csv", "fjell", "--from", "2026-01-01", "--to", "2027-12-31")
    assert (away.exit_code, exports.left_over()) == (3, ["book.beancount"])
    assert "(HTTP 503)" in away.output
