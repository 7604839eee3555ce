"""Each reader of foreign input by itself: it gives what it promises, or the error that it promises, for any bytes at all."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilag.companies.file import CompanyFileError, parse_company_file, read_company_file
from bilag.moment.webhook import LONGEST_NUMBER, Hint, read_hint
from bilag.platforms.azets.rows import read_row
from bilag.platforms.tryton import cost_rows as tryton_cost_rows
from bilag.platforms.tryton import rows as tryton_rows
from bilag.platforms.tryton.wire import Malformed, TrytonRow, rows_of
from bilag.wire.http import MAX_RETRY_AFTER_SECONDS, Answer, NotJson
from bilag_sandbox import hub
from bilag_sandbox.hub.books import load_client
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.loading import load_saft
from bilag_sandbox.hub.saft import SaftError, read_saft
from bilag_sandbox.hub.saft_journal import post_journal
from tests.support.rubbish import BODIES, RAW, Muddle, pieces
from tests.support.world import company_document

FUZZ = settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
seeds = st.integers(0, 2**32)
ROW = {
    "journalNumber": 1, "entryNumber": 1, "accountNumber": "4300", "voucherNumber": 20015, "voucherDate": "2026-11-03",
    "valueDate": "2026-11-03", "voucherType": "incomingInvoice", "text": "Utlegg", "currency": "NOK", "exchangeRate": "1",
    "netAmount": "100.00", "vatAmount": "25.00", "grossAmount": "125.00", "vatCode": "1", "supplierNumber": "5",
    "supplierName": "Lys AS", "supplierInvoiceNumber": "F-1", "orgUnits": {"2": "1207"}, "documentIds": ["d1"],
}  # fmt: skip
KINDS = [
    one
    for rows in (tryton_rows, tryton_cost_rows)
    for one in vars(rows).values()
    if isinstance(one, type) and issubclass(one, TrytonRow)
]
SAFT = """<AuditFile><Header><Company><Name>Fjell AS</Name></Company></Header><MasterFiles><GeneralLedgerAccounts>
<Account><AccountID>3000</AccountID><AccountDescription>Salg</AccountDescription><AccountType>GL</AccountType></Account>
<Account><AccountID>1500</AccountID><AccountDescription>Kunder</AccountDescription><AccountType>GL</AccountType></Account>
</GeneralLedgerAccounts></MasterFiles><GeneralLedgerEntries><Journal><Transaction><TransactionID>1</TransactionID>
<TransactionDate>2026-01-05</TransactionDate><Description>A</Description>
<Line><AccountID>1500</AccountID><DebitAmount><Amount>100.00</Amount></DebitAmount></Line>
<Line><AccountID>3000</AccountID><CreditAmount><Amount>100.00</Amount></CreditAmount></Line>
</Transaction></Journal></GeneralLedgerEntries></AuditFile>"""


@FUZZ
@given(st.binary(max_size=200) | st.sampled_from(BODIES) | st.tuples(pieces, seeds).map(
    lambda one: Muddle(one[0], one[1]).body(b'{"event": "finalized", "invoice": {"id": 5, "invoiceNumber": 10042}}')
))  # fmt: skip
def test_the_body_of_a_webhook(body: bytes) -> None:
    hint = read_hint(body)
    assert hint is None or isinstance(hint, Hint)
    if hint is not None:
        assert 0 < hint.moment_id < 2**63
        assert hint.number is None or (len(hint.number) <= LONGEST_NUMBER and hint.number.isprintable())
        (hint.event + (hint.number or "")).encode()
        assert "\x00" not in hint.event


@FUZZ
@given(st.text(max_size=60) | st.integers().map(str) | st.datetimes().map(str) | st.sampled_from(RAW))
def test_the_header_retry_after(text: str) -> None:
    seconds = Answer(503, {"retry-after": text}, b"").retry_after
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_SECONDS


@FUZZ
@given(st.binary(max_size=300) | st.sampled_from(BODIES) | pieces.map(lambda one: one.encode("utf-8", "replace")))
def test_json_of_any_answer(body: bytes) -> None:
    try:
        value = Answer(200, {}, body).json()
    except NotJson:
        return
    json.dumps(value, default=str)
    for number in numbers_in(value):
        assert not isinstance(number, float)
        assert number.is_finite() if isinstance(number, Decimal) else True


def numbers_in(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [one for inner in value.values() for one in numbers_in(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in numbers_in(inner)]
    return [value] if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else []


@FUZZ
@given(pieces, seeds)
def test_a_posted_line_of_the_hub(piece: str, seed: int) -> None:
    try:
        value = Answer(200, {}, Muddle(piece, seed).body(json.dumps(ROW).encode())).json()
    except NotJson:
        return
    row = read_row(value, 1, {})
    assert "\x00" not in repr(row)
    assert "\\x00" not in repr(row)


@pytest.mark.parametrize(
    "field", ["text", "vatCode", "supplierName", "supplierNumber", "orgUnits", "documentIds", "currency"]
)
def test_a_posted_line_has_nothing_that_no_database_takes(field: str) -> None:
    odd = "a\x00b"
    value = {"orgUnits": {"2": odd}, "documentIds": [odd]}.get(field, odd)
    row = repr(read_row({**ROW, field: value}, 1, {}))
    assert "\\x00" not in row


@FUZZ
@given(pieces, seeds, st.sampled_from(KINDS))
def test_rows_of_tryton(piece: str, seed: int, kind: type[TrytonRow]) -> None:
    true = {name: {"__class__": "Decimal", "decimal": "1.00"} for name in kind.model_fields} | {"id": 1}
    try:
        value = Answer(200, {}, Muddle(piece, seed).body(json.dumps([true]).encode())).json()
        rows = rows_of(kind, value)
    except (NotJson, Malformed):
        return
    for row in rows:
        for number in numbers_in(row.model_dump()):
            assert abs(number) < 10**21


@pytest.mark.parametrize("decimal", ["NaN", "Infinity", "1e999999", "9" * 400, "", "x", "sNaN", "-1E+50"])
def test_amounts_of_tryton_that_are_none(decimal: str) -> None:
    with pytest.raises(Malformed):
        rows_of(tryton_rows.InvoiceRow, [{"id": 1, "total_amount": {"__class__": "Decimal", "decimal": decimal}}])


@FUZZ
@given(pieces, seeds)
def test_a_company_s_document(piece: str, seed: int) -> None:
    document = json.dumps(company_document("http://127.0.0.1:9", "http://127.0.0.1:9", {})).encode()
    try:
        value = json.loads(Muddle(piece, seed).body(document))
    except (ValueError, RecursionError):
        return
    if isinstance(value, dict):
        read(lambda: parse_company_file(value, None))


@settings(FUZZ, max_examples=60)
@given(
    st.binary(max_size=100)
    | st.text(max_size=80).map(lambda one: f"[company]\nname = {one}".encode("utf-8", "replace"))
)
def test_a_company_file(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    path.write_bytes(content)
    read(lambda: read_company_file(path, {}))


def read(ask: Any) -> None:
    said = "nothing is wrong"
    try:
        ask()
    except CompanyFileError as error:
        said = str(error)
    assert said


@settings(FUZZ, max_examples=60)
@given(st.binary(max_size=30), st.integers(0, len(SAFT)), st.integers(0, 40))
def test_a_saft_file(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes, at: int, cut: int) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.xml"
    whole = SAFT.encode()
    path.write_bytes(whole[:at] + rubbish + whole[at + cut :])
    said = str(path)
    try:
        read_saft(path)
    except SaftError as error:
        said = str(error)
    assert str(path) in said


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e999999", "1e-999999", "1,5", "", "x", "9" * 400, "0.001"])
def test_odd_amounts_in_a_journal_leave_out_their_transaction(tmp_path: Path, amount: str) -> None:
    path = tmp_path / "journal.xml"
    path.write_text(SAFT.replace("100.00", amount))
    posted, left_out = journal_of(path, tmp_path)
    assert posted == 0
    assert len(left_out) == 1


ATTACKS = {
    "entities that swell": f"<!DOCTYPE a [<!ENTITY a '{'x' * 99}'><!ENTITY b '{'&a;' * 99}'><!ENTITY c '{'&b;' * 99}'>]>",
    "a file of this machine": "<!DOCTYPE a [<!ENTITY c SYSTEM 'file:///etc/passwd'>]>",
    "an address inside": "<!DOCTYPE a [<!ENTITY c SYSTEM 'http://127.0.0.1:1/'>]>",
    "a foreign declaration": "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x.dtd' [<!ENTITY c 'x'>]>",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_by_xml_on_the_journal(tmp_path: Path, attack: str) -> None:
    """The master data is refused before; the journal's own reader stands on its own feet."""
    path = tmp_path / "attack.xml"
    path.write_text(ATTACKS[attack] + SAFT.replace("<Description>A<", "<Description>&c;<"))
    with pytest.raises(SaftError, match="document type declaration"):
        read_saft(path)
    began = datetime.now(UTC)
    try:
        _, left_out = journal_of(path, tmp_path)
    except SaftError:
        left_out = []
    assert (datetime.now(UTC) - began).total_seconds() < 5
    kept = b"".join(one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file())
    assert b"root:" not in kept
    assert b"x" * 5000 not in kept
    assert "root:" not in "".join(left_out)


def journal_of(path: Path, folder: Path) -> tuple[int, list[str]]:
    """Post the journal of a file into a sandbox with the same chart."""
    clean = folder / "clean.xml"
    clean.write_text(SAFT)
    opened = Hub.open(folder / "data")
    load_saft(opened, hub.VISMA_CLIENT, read_saft(clean), "digest")
    client = load_client(opened.store, hub.VISMA_CLIENT)
    assert client is not None
    return post_journal(opened.books(client), path)
