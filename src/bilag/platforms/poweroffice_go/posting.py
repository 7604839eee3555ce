"""One attempt to post an invoice's vouchers in PowerOffice Go, exactly once.

Go posts at once and refuses a second voucher with the same reference. Its refusals are sentences, so what they mean is found by
reading: first whether the voucher stands already, then what the books have against it, then whether our reference is used on
another date.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from bilag.platforms.base import PostingState, PostingStatus
from bilag.platforms.poweroffice_go import operations as go
from bilag.platforms.poweroffice_go.books import DEPARTMENT, PROJECT, Books
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.lookup import COMPANION, Journal
from bilag.platforms.poweroffice_go.mapping import CannotSplit, Ids, manual_body, outgoing_body, vat_problem
from bilag.platforms.poweroffice_go.parties import Parties
from bilag.platforms.poweroffice_go.problems import SETUP, About, says_in_use
from bilag.platforms.poweroffice_go.ways import MANUAL, OUTGOING, Way
from bilag.platforms.poweroffice_go.wire import CreatedVoucherWire
from bilag.platforms.voucher_problems import problems_in
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher, VoucherKind
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable

LONGEST_REFERENCE = 50


class Posting:
    """A single attempt. `run` raises the errors of `bilag.wire.errors`. `books(True)` reads the books again."""

    def __init__(
        self,
        client: GoClient,
        parties: Parties,
        books: Callable[[bool], Books],
        vouchers: Sequence[Voucher],
        external_id: str,
    ) -> None:
        self._client = client
        self._parties = parties
        self._fresh_books = books
        self._books = books(False)
        self._vouchers = tuple(vouchers)
        self._first = vouchers[0]
        self._external_id = external_id
        number = self._first.number
        self._about = About(f"invoice {number}", {"number": str(number)})
        self._stored = False

    def run(self) -> PostingStatus:
        """Post the vouchers. Once anything is stored, a failure has an unknown outcome."""
        try:
            self._check()
            ids = self._ids()
            if self._way is OUTGOING and len(self._vouchers) > 1:
                self._post_companion(ids)
            return self._post(self._together(), self._way, ids)
        except Unavailable as error:
            if error.outcome_known and self._stored:
                raise Unavailable(error.problems[0], outcome_known=False, retry_after=error.retry_after) from error
            raise

    @property
    def _way(self) -> Way:
        """The way of this voucher: a journal without invoice is always a manual voucher, and so is an invoice whose total is
        0.00, which Go does not take as an outgoing invoice."""
        alone = self._first.kind is VoucherKind.JOURNAL or not self._first.total
        return MANUAL if alone else self._books.way

    def _together(self) -> Sequence[Voucher]:
        """Return the vouchers that are posted as one. The journals stand by themselves beside an outgoing invoice; they may stand
        already where the client let us post those earlier."""
        alone = self._way is OUTGOING or (
            len(self._vouchers) > 1 and self._journal.has_companion(self._first, self._external_id)
        )
        return self._vouchers[:1] if alone else self._vouchers

    def _post(self, vouchers: Sequence[Voucher], way: Way, ids: Ids, *, again: bool = True) -> PostingStatus:
        """Post one voucher. `again`: once more if Go refuses it only because our ids were out of date."""
        body = self._body(vouchers, self._external_id, way, ids)
        try:
            created = self._client.create(way.operation, body, CreatedVoucherWire, self._about)
        except Refused as refused:
            status = self._judge(refused)
            if status is not None:
                return status
            renewed = self._ids()
            if again and self._body(vouchers, self._external_id, way, renewed) != body:
                return self._post(vouchers, way, renewed, again=False)
            raise self._with_companion(refused) from refused
        self._stored = True
        status = self._try_read_back()
        if status is not None:
            return status
        number = created.voucher_no
        return PostingStatus(PostingState.IN_PROGRESS if number is None else PostingState.POSTED, None, number)

    def _post_companion(self, ids: Ids) -> None:
        """Post the journals of an outgoing invoice before it: once the invoice stands, all do. Skip them if they stand."""
        if self._journal.has_companion(self._first, self._external_id):
            self._stored = True
            return
        if not go.Privilege.MANUAL_VOUCHERS.is_among(self._books.privileges):
            facts = {"privilege": go.Privilege.MANUAL_VOUCHERS.value}
            raise Misconfigured([Problem("poweroffice_privilege_missing", f"{SETUP}client_key", facts)])
        if self._journal.find(self._first, self._external_id).state != PostingState.ABSENT:
            return  # the invoice itself is there, or its number is taken: nothing is to be posted beside it
        body = self._body(self._vouchers[1:], self._external_id + COMPANION, MANUAL, ids)
        try:
            self._client.create(MANUAL.operation, body, CreatedVoucherWire, self._about)
        except Refused as refused:
            # One that does not show yet is recognised by its reference, which is in use.
            in_use = says_in_use(refused.problems[0].said)
            if not in_use and not self._journal.has_companion(self._first, self._external_id):
                raise self._explain(refused) from refused
        self._stored = True

    def _body(self, vouchers: Sequence[Voucher], reference: str, way: Way, ids: Ids) -> dict[str, Any]:
        try:
            if way is MANUAL:
                return manual_body(vouchers, reference, self._books, ids)
            body = outgoing_body(vouchers[0], reference, self._books, ids)
            return {name: value for name, value in body.items() if value is not None}
        except CannotSplit as error:
            raise Refused([vat_problem(error, vouchers[0])]) from error

    @property
    def _journal(self) -> Journal:
        return Journal(self._client, self._books)

    def _try_read_back(self) -> PostingStatus | None:
        """Read the voucher back; None if that is not possible just now: it is posted all the same."""
        try:
            status = self._journal.find(self._first, self._external_id)
            return status if status.state == PostingState.POSTED else None
        except Unavailable:
            return None

    def _judge(self, refused: Refused) -> PostingStatus | None:
        """Find out what a refusal means; None if nothing tells. That our reference is used already is an answer: then the voucher
        stands somewhere. Raises what the books have against the vouchers."""
        status = self._journal.find(self._first, self._external_id)
        if status.state in (PostingState.POSTED, PostingState.CONFLICT):
            return status
        explained = self._explain(refused)
        if explained is not refused:
            raise self._with_companion(explained)
        status = self._journal.find(self._first, self._external_id, every_date=True)
        if status.state in (PostingState.POSTED, PostingState.CONFLICT):
            return status
        if says_in_use(refused.problems[0].said):  # by a voucher that does not show yet: looked up again later
            return PostingStatus(PostingState.IN_PROGRESS, problems=refused.problems)
        return None

    def _explain(self, refused: Refused) -> Refused:
        """Return the refusal with what the books, read again, have against the vouchers; the same one if they have nothing."""
        self._books = self._fresh_books(True)
        self._parties.forget()
        problems = list(self._problems())
        try:
            if not problems:
                self._ids()
        except Refused as missing:
            problems = list(missing.problems)
        said = refused.problems[0].said
        return Refused([Problem(one.code, one.subject, one.facts, said) for one in problems]) if problems else refused

    def _with_companion(self, refused: Refused) -> EdgeError:
        """Take the invoice's journals back after the invoice was refused, or say that they stand."""
        if not self._stored:
            return refused
        number = self._journal.companion_number(self._first, self._external_id)
        key = self._journal.id_of(number) if number is not None else None
        if key is not None and go.Privilege.REVERSE.is_among(self._books.privileges):
            try:
                self._client.call(go.REVERSE, key, self._about)
                return refused
            except Refused:
                if not self._journal.has_companion(self._first, self._external_id):
                    return refused  # it was reversed all the same
        facts = {"number": str(self._first.number), **({"journals": str(number)} if number is not None else {})}
        return Refused([*refused.problems, Problem("poweroffice_half_posted", self._about.subject, facts)])

    def _check(self) -> None:
        """Raise `Refused` with what the books have against the vouchers, after reading them again."""
        if any(True for _ in self._problems()):
            self._books = self._fresh_books(True)
            problems = list(self._problems())
            if problems:
                raise Refused(problems)

    def _problems(self) -> Iterator[Problem]:
        """Yield what the books have against the vouchers."""
        if len(self._external_id + COMPANION) > LONGEST_REFERENCE:
            raise ValueError(f"external id is too long: {self._external_id!r}")
        for part, voucher in enumerate(self._vouchers, start=1):
            subject = "" if part == 1 else self._about.subject  # only the first voucher's entries correspond to lines
            chart = self._books.chart.on(voucher.voucher_date)
            yield from self._day_problems(voucher.voucher_date)
            yield from problems_in(voucher, chart, self._books.currencies, subject)
            yield from self._missing_units(voucher, subject)

    def _day_problems(self, day: date) -> Iterator[Problem]:
        chart, facts = self._books.chart, {"date": day.isoformat()}
        if chart.lock_date is not None and day <= chart.lock_date:
            yield Problem("date_locked", self._about.subject, {**facts, "lock_date": chart.lock_date.isoformat()})
        elif not chart.is_open(day):
            yield Problem("period_unknown", self._about.subject, facts)

    def _missing_units(self, voucher: Voucher, subject: str) -> Iterator[Problem]:
        """Yield a problem for each entry without the project or department that its account requires."""
        for place, entry in enumerate(voucher.entries, start=1):
            account, units = self._books.accounts.get(entry.account), dict(entry.units)
            if account is None:
                continue
            for unit, required in (
                (DEPARTMENT, account.is_department_required),
                (PROJECT, account.is_project_required),
            ):
                if required and unit not in units:
                    name = self._books.chart.units[unit].name
                    facts = {"account": entry.account, "unit": str(unit), "unit_name": name}
                    yield Problem("org_unit_required", subject or f"entry {place}", facts)

    def _ids(self) -> Ids:
        """Return Go's ids of what the vouchers refer to. Raises `Refused` with everything that Go lacks."""
        problems: list[Problem] = []
        customer = None
        if self._first.customer is not None:
            customer = self._parties.ledger_account(self._first.customer)
            if customer is None:
                facts = {"customer": self._first.customer}
                problems.append(Problem("customer_unknown", f"customer {self._first.customer}", facts))
        values: dict[tuple[int, str], int] = {}
        for part, voucher in enumerate(self._vouchers, start=1):
            for place, entry in enumerate(voucher.entries, start=1):
                for unit, value in entry.units:
                    found = values.get((unit, value)) or self._parties.value_id(unit, value)
                    if isinstance(found, Problem):
                        named = self._books.chart.units.get(unit)
                        facts = {**found.facts, **({"unit_name": named.name} if named else {})}
                        subject = f"entry {place}" if part == 1 else self._about.subject
                        problems.append(Problem(found.code, subject, facts))
                    else:
                        values[unit, value] = found
        if problems:
            raise Refused(problems)
        return Ids(customer, values)
