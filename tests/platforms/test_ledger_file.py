"""The ledger file beside the kit: torn batches, several processes, foreign currencies, and what people write themselves."""

import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction

from bilag.platforms.conformance import Kit
from bilag.platforms.installation import installation_values
from bilag.platforms.ledger_file import PLATFORM
from bilag.platforms.ledger_file import journal as journal_files
from bilag.platforms.ledger_file.setup import ledger_key
from bilag.posting.chart import Chart
from bilag.posting.plan import plan_invoice
from bilag.posting.read_back import batch_differences, differences
from bilag.posting.voucher import Voucher
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from tests.support.ledger_file.office import SAMPLE, UNITS, Office
from tests.support.posting.samples import invoice, line, rules


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def transactions(office: Office) -> list[Transaction]:
    entries, errors, _options = loader.load_file(str(office.ledger))
    assert errors == []
    return [one for one in entries if isinstance(one, Transaction)]


def key(voucher: Voucher) -> str:
    return f"moment-4021-invoice-{voucher.number}"


def planned(office: Office, *lines: Any, **changes: Any) -> Voucher:
    chart = office.platform().chart()
    plan = plan_invoice(invoice(*lines, **changes), rules(chart=chart, dimensions=UNITS))
    assert plan.problems == ()
    return plan.vouchers[0]


def test_new_folder_gets_a_chart_that_beancount_reads(office: Office) -> None:
    chart = office.platform().chart()
    assert chart.accounts["3000"].name == "Salgsinntekt, avgiftspliktig"
    assert not chart.accounts["1500"].postable
    assert (chart.vat_codes["3"].rate, chart.vat_codes["3"].account) == (Decimal("25.00"), "2701")
    assert (chart.periods, chart.lock_date) == ((), date(2019, 12, 31))
    assert transactions(office) == []
    kept = office.ledger.read_text("utf-8")
    office.platform().chart()
    assert office.ledger.read_text("utf-8") == kept


CUTS = [*range(1, 540, 49), -40, -3]


@pytest.mark.parametrize("cut", CUTS)
def test_torn_batch_is_no_voucher_and_is_posted_whole(
    office: Office, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies in the middle of an append: what is on the disk counts as nothing, and nothing of it stays."""
    whole, torn = planned(office), planned(office, number=10043, description="Ærlig " * 10)
    office.platform().post_voucher([whole], key(whole))
    before, write = office.journal.read_bytes(), journal_files.Journal._write_through

    def dies(self: journal_files.Journal, batch: bytes) -> None:
        assert len(batch) > max(CUTS)
        write(self, batch[:cut])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal_files.Journal, "_write_through", dies)
    with pytest.raises(Unavailable) as caught:
        office.platform().post_voucher([torn], key(torn))
    assert (caught.value.problems[0].code, caught.value.outcome_known) == ("ledger_file_unusable", False)
    monkeypatch.undo()
    assert office.platform().find_voucher(torn, key(torn)).state == "absent"
    assert [one.number for one in office.platform().list_vouchers(date(2026, 1, 1), date(2026, 12, 31))] == [10042]
    for _ in range(2):
        status = office.platform().post_voucher([torn], key(torn))
        assert status.posted is not None
        assert differences(torn, status.posted, office.platform().chart()) == ()
    assert [str(one.meta["number"]) for one in transactions(office)] == ["10042", "10043"]
    assert office.journal.read_bytes().startswith(before)
    if cut > 60:  # the line that begins the batch was whole
        [aside] = office.folder.glob("torn-*.txt")
        assert aside.read_bytes().startswith(b"; batch moment-4021-invoice-10043")


def test_whole_batch_whose_answer_was_lost_is_posted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    voucher, write = planned(office), journal_files.Journal._write_through

    def dies(self: journal_files.Journal, batch: bytes) -> None:
        write(self, batch[:-1])
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(journal_files.Journal, "_write_through", dies)
    with pytest.raises(Unavailable):
        office.platform().post_voucher([voucher], key(voucher))
    monkeypatch.undo()
    assert office.platform().find_voucher(voucher, key(voucher)).state == "posted"
    office.platform().post_voucher([voucher], key(voucher))
    assert len(transactions(office)) == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("journal.beancount", '2026-13-45 * "x"\n  Assets:1500  1.00 NOK\n\n'),
        ("journal.beancount", '2026-01-05 * "x"\n  Assets:1500  1.0.0 NOK\n\n'),
        ("ledger.beancount", '2026-01-05 custom "locked" 2026-02-30\n'),
    ],
)
def test_what_beancount_refuses_too_is_told(office: Office, file: str, text: str) -> None:
    voucher = planned(office)
    with (office.folder / file).open("a", encoding="utf-8") as opened:
        opened.write(text)
    with pytest.raises(Unavailable) as caught:
        office.platform().post_voucher([voucher], key(voucher))
    assert file in caught.value.problems[0].facts["why"]


def post_many(root: Path, numbers: list[int], result: Any) -> None:
    office = Office(root)
    platform, posted = office.platform(), []
    for number in numbers:
        voucher = planned(office, number=number)
        posted.append(platform.post_voucher([voucher], key(voucher)).journal_number)
    result.put(posted)


def test_several_processes_post_each_voucher_once(office: Office) -> None:
    context = multiprocessing.get_context("spawn")
    results, numbers = context.Queue(), list(range(10100, 10112))
    processes = [
        context.Process(target=post_many, args=(office.root, order, results)) for order in (numbers, numbers[::-1])
    ]
    for process in processes:
        process.start()
    found = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    assert sorted(found[0]) == sorted(found[1]) == list(range(1, len(numbers) + 1))
    assert sorted(int(one.meta["number"]) for one in transactions(office)) == numbers


def test_foreign_currency_and_odd_texts_come_back_to_the_oere(office: Office) -> None:
    odd = 'Ærlig "talt" \\ {0}; * #tag'
    voucher = planned(
        office,
        line(1, "333.33", "83.33", text=odd),
        line(2, "0.07", 0, account="3100", vat_code="5", text=None),
        description=odd,
        currency="EUR",
        exchange_rate=Decimal("11.4785"),
        payment_id="0050013",
        your_reference=odd,
    )
    status = office.platform().post_voucher([voucher], key(voucher))
    assert status.posted is not None
    assert differences(voucher, status.posted, office.platform().chart()) == ()
    assert status.posted.unread == frozenset()
    [one] = transactions(office)
    assert (one.narration, one.meta["kid"], one.meta["your_reference"]) == (odd, "0050013", odd)


def test_vat_code_has_the_rate_of_the_vouchers_date(office: Office) -> None:
    office.platform().chart()
    with office.ledger.open("a", encoding="utf-8") as file:
        file.write('2026-05-01 custom "vat-code" "3" "Utgående mva, ny sats" 20.00 "output" "2702"\n')

    def account_of_vat(day: date) -> set[str]:
        rate = "0.20" if day >= date(2026, 5, 1) else "0.25"
        vat = (Decimal(1000) * Decimal(rate)).quantize(Decimal("0.01"))
        chart = office.platform().chart()
        codes = {code: replace(row, standard_code=None) for code, row in chart.vat_codes.items()}
        by = rules(chart=replace(chart, vat_codes=codes, base_currency="NOK"), dimensions=UNITS)
        one = invoice(line(1, 1000, str(vat), vat_rate=None), number=20000 + day.month, invoice_date=day)
        [voucher] = plan_invoice(one, by).vouchers
        status = office.platform().post_voucher([voucher], key(voucher))
        assert status.posted is not None
        assert differences(voucher, status.posted, office.platform().chart()) == ()
        return {entry.account for entry in status.posted.entries} & {"2701", "2702"}

    assert account_of_vat(date(2026, 4, 30)) == {"2701"}
    assert account_of_vat(date(2026, 5, 1)) == {"2702"}


def closed(text: str) -> str:
    return text + "2026-01-01 close Income:3000\n"


def without_receivables(text: str) -> str:
    return text.replace("open Assets:1500", "open Assets:1599").replace('number: "1500"', 'number: "1599"')


def without_vat_account(text: str) -> str:
    return text.replace("open Liabilities:2701", "open Liabilities:2799").replace('number: "2701"', 'number: "2799"')


@pytest.mark.parametrize(
    ("change", "code", "account"),
    [
        (closed, "account_inactive", "3000"),
        (without_receivables, "account_unknown", "1500"),
        (without_vat_account, "account_unknown", "2701"),
    ],
)
def test_what_people_change_in_the_chart_counts_at_once(
    office: Office, change: Callable[[str], str], code: str, account: str
) -> None:
    voucher, platform = planned(office), office.platform()
    office.ledger.write_text(change(office.ledger.read_text("utf-8")), "utf-8")
    with pytest.raises(Refused) as caught:
        platform.post_voucher([voucher], key(voucher))
    assert [(one.code, one.facts["account"]) for one in caught.value.problems] == [(code, account)]
    assert platform.find_voucher(voucher, key(voucher)).state == "absent"


def test_lock_is_waited_for_and_a_folder_that_cannot_be_used_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy: the operator makes the folder usable, and Bilag goes on by itself."""
    voucher = planned(office)
    monkeypatch.setattr(journal_files, "LOCK_SECONDS", 0.05)
    held = office.platform()
    with held._journal.writing():
        with pytest.raises(Unavailable) as caught:
            office.platform().find_voucher(voucher, key(voucher))
        assert (caught.value.problems[0].code, caught.value.outcome_known) == ("ledger_file_unusable", True)
    office.journal.rename(office.folder / "away")
    office.journal.mkdir()
    [step] = office.platform().check()
    assert (step.ok, step.unavailable, step.problems[0].code) == (False, True, "ledger_file_unusable")
    office.journal.rmdir()
    (office.folder / "away").rename(office.journal)
    assert all(step.ok for step in office.platform().check())
    assert office.platform().post_voucher([voucher], key(voucher)).state == "posted"


def test_folder_is_a_name_and_no_path(tmp_path: Path) -> None:
    clean = PLATFORM.fields[0].clean
    assert clean is not None
    assert clean(" Fjell-1 ") == ("fjell-1", None)
    for text in ("", "..", "../fjell", "/etc", "fjell/oslo", "a b", "x" * 51, "-x"):
        with pytest.raises(ValueError, match="is"):
            clean(text)
    assert ledger_key({"folder": "fjell"}) == "ledger_file:fjell"
    assert installation_values(PLATFORM, {"BILAG_LEDGER_FILE_FOLDER": str(tmp_path)}) == {"folder": str(tmp_path)}
    for wrong in ("relative", str(tmp_path / "missing")):
        with pytest.raises(Misconfigured):
            installation_values(PLATFORM, {"BILAG_LEDGER_FILE_FOLDER": wrong})


def test_a_batch_is_one_append(office: Office) -> None:
    kit = Kit(office.platform, office, SAMPLE)
    one = kit.invoice()
    batch = [one, kit.journal(SAMPLE.open_day, one.number)]
    status = office.platform().post_voucher(batch, key(one))
    chart: Chart = office.platform().chart()
    assert status.posted is not None
    assert batch_differences(batch, status.posted, status.others, chart) == ()
    text = office.journal.read_text("utf-8")
    assert (text.count("; batch "), text.count("; end ")) == (1, 1)
    with pytest.raises(ValueError, match="blanks"):
        office.platform().post_voucher(batch, "a b")
