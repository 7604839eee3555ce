"""One attempt to post an invoice's vouchers in Tryton: never twice, and all or none as far as Tryton allows.

A move is created as a draft and then posted: two requests. Drafts of an interrupted attempt are resumed if they match
the plan, else deleted. The invoice's own voucher is posted last: once it is in, all are.
"""

from collections.abc import Callable, Iterable, Sequence

from bilag.platforms.base import PostingState, PostingStatus
from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.client import Gone, TrytonClient
from bilag.platforms.tryton.lookup import ids_of
from bilag.platforms.tryton.mapping import Identity, Ids, description_of, move_body, posted_from
from bilag.platforms.tryton.moves import MOVES, Moves, by_part
from bilag.platforms.tryton.problems import About
from bilag.platforms.tryton.rows import MoveRow
from bilag.platforms.voucher_problems import problems_in
from bilag.posting.problem import Problem
from bilag.posting.read_back import differences
from bilag.posting.voucher import Voucher
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable


class Posting:
    """A single attempt. `run` raises the errors of `bilag.wire.errors`. `books(True)` reads the books again."""

    def __init__(
        self,
        client: TrytonClient,
        books: Callable[[bool], Books],
        vouchers: Sequence[Voucher],
        external_id: str,
    ) -> None:
        if not external_id or any(character.isspace() or character == "/" for character in external_id):
            raise ValueError(f"external id is empty, or has blanks or slashes: {external_id!r}")
        self._client = client
        self._fresh_books = books
        self._books = books(False)
        self._moves = Moves(client, self._books)
        self._vouchers = dict(enumerate(vouchers, start=1))
        self._external_id = external_id
        self._number = vouchers[0].number
        self._about = About(f"invoice {self._number}", {"number": str(self._number)}, MOVES)
        self._stored = False

    def run(self) -> PostingStatus:
        """Post the vouchers, or resume. Once anything is stored, a failure has an unknown outcome."""
        try:
            return self._run()
        except Gone as gone:
            raise Unavailable(Problem("tryton_busy", self._about.subject), outcome_known=False) from gone
        except Unavailable as error:
            if error.outcome_known and self._stored:
                raise Unavailable(error.problems[0], outcome_known=False, retry_after=error.retry_after) from error
            raise

    def _run(self) -> PostingStatus:
        found = self._moves.all_with(self._external_id)
        own = by_part(found)
        if 1 in own and own[1].state == "posted":
            return self._moves.status_of(own)
        status = self._moves.find_conflict(self._number, self._external_id) or self._conflict_with_posted(own)
        if status is not None:
            return status
        for part, move in own.items():
            if move.state == "posted":
                del self._vouchers[part]
        try:
            self._check()
            ids = {part: self._ids_of(part) for part in self._vouchers}
        except Refused as refused:
            raise self._with_posted(refused, refused.problems, self._delete_drafts()) from refused
        drafts = self._create_drafts(ids, found)
        if drafts is None:
            return PostingStatus(PostingState.IN_PROGRESS)
        self._post(drafts)
        posted = by_part(self._moves.all_with(self._external_id))
        return self._moves.status_of(posted) if 1 in posted else PostingStatus(PostingState.IN_PROGRESS)

    def _conflict_with_posted(self, own: dict[int, MoveRow]) -> PostingStatus | None:
        """Return a conflict if a voucher of the batch is already posted with other content."""
        for part, move in own.items():
            if move.state == "posted" and not self._matches_plan(part, move):
                facts = {"number": str(self._number), "journal": move.number or "", "batch": str(move.id)}
                problem = Problem("duplicate_content", self._about.subject, facts)
                return PostingStatus(
                    PostingState.CONFLICT, batch_number=move.id, problems=(problem,), same_content=False
                )
        return None

    def _check(self) -> None:
        """Raise `Refused` with what the chart has against the vouchers, after reading the chart again."""
        if self._chart_problems():
            self._books = self._fresh_books(True)
            problems = self._chart_problems()
            if problems:
                raise Refused(problems)

    def _chart_problems(self) -> list[Problem]:
        chart, currencies = self._books.chart, frozenset(self._books.currencies)
        return [
            problem
            for part, voucher in self._vouchers.items()
            for problem in problems_in(voucher, chart, currencies, self._subject(part))
        ]

    def _ids_of(self, part: int) -> Ids:
        return ids_of(self._client, self._books, self._vouchers[part], self._subject(part))

    def _subject(self, part: int) -> str:
        """Only the first voucher's entries correspond to invoice lines."""
        return "" if part == 1 else self._about.subject

    def _create_drafts(self, ids: dict[int, Ids], found: Iterable[tuple[Identity, MoveRow]]) -> dict[int, int] | None:
        """Create the missing drafts; return move ids by part, or None if another attempt is ahead of this one."""
        kept = self._matching_drafts(found)
        try:
            for part, voucher in self._vouchers.items():
                if part not in kept:
                    body = move_body(voucher, self._external_id, part, self._books, ids[part])
                    self._stored = True
                    kept[part] = self._client.create(MOVES, body, self._about)
        except (Refused, Misconfigured) as error:
            raise self._explain_refusal(error) from error
        now = [(kept.get(one.part), move) for one, move in self._moves.all_with(self._external_id) if one.part in kept]
        if any(own_id != move.id and (move.state == "posted" or move.id < (own_id or 0)) for own_id, move in now):
            self._delete(kept.values())
            return None
        return kept

    def _matching_drafts(self, found: Iterable[tuple[Identity, MoveRow]]) -> dict[int, int]:
        """Keep the drafts that match the plan; delete the others and duplicates."""
        kept: dict[int, int] = {}
        for identity, move in found:
            part = identity.part
            if move.state == "posted":
                self._stored = True
            elif part not in kept and self._matches_plan(part, move):
                kept[part] = move.id
                self._stored = True
            else:
                self._delete([move.id])
        return kept

    def _matches_plan(self, part: int, move: MoveRow) -> bool:
        voucher = self._vouchers.get(part)
        if voucher is None or move.description != description_of(voucher, self._external_id, part):
            return False
        return not differences(voucher, posted_from(move, self._books), self._books.chart)

    def _post(self, drafts: dict[int, int]) -> None:
        for part in sorted(drafts, reverse=True):
            try:
                self._client.press(MOVES, drafts[part], "post", self._about)
            except (Refused, Misconfigured) as error:
                now = self._moves.read(drafts[part])
                if now is None or now.state != "posted":
                    raise self._explain_refusal(error) from error

    def _explain_refusal(self, error: EdgeError) -> EdgeError:
        """Delete the drafts, so that nobody posts them beside a later one, and find out why Tryton refused."""
        posted_numbers = self._delete_drafts()
        self._books = self._fresh_books(True)
        problems = self._chart_problems()
        try:
            for part in self._vouchers:
                self._ids_of(part)
        except Refused as refused:
            problems += refused.problems
        said = error.problems[0].said
        found = [Problem(one.code, one.subject, one.facts, said) for one in problems]
        return self._with_posted(Refused(found) if found else error, found or error.problems, posted_numbers)

    def _with_posted(self, error: EdgeError, problems: Sequence[Problem], posted_numbers: Sequence[str]) -> EdgeError:
        """Add to the refusal which vouchers are posted all the same."""
        if not posted_numbers:
            return error
        facts = {"number": str(self._number), "journals": ", ".join(posted_numbers)}
        return Refused([*problems, Problem("tryton_half_posted", self._about.subject, facts)])

    def _delete_drafts(self) -> list[str]:
        """Delete our drafts. Returns the journal numbers of posted moves, which cannot be deleted."""
        moves = [move for _, move in self._moves.all_with(self._external_id)]
        self._delete(move.id for move in moves if move.state != "posted")
        return [move.number or str(move.id) for move in moves if move.state == "posted"]

    def _delete(self, moves: Iterable[int]) -> None:
        for move in moves:
            try:
                self._client.delete(MOVES, move, self._about)
            except Gone:
                continue
            except (Refused, Misconfigured) as error:  # posted meanwhile: its state must be looked up
                raise Unavailable(error.problems[0], outcome_known=False) from error
