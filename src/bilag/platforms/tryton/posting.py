"""One try to bring an invoice's vouchers into Tryton's journal: never twice, and all or none as far as Tryton lets us.

A move is created as a draft, then posted: two requests. Drafts of a try that broke off are gone on with if they say what
is to be posted, else taken away. Of several vouchers the invoice's own is posted last: once it is in, all are.
"""

from collections.abc import Callable, Iterable, Sequence

from bilag.platforms.base import PostingState, PostingStatus
from bilag.platforms.tryton.books import Books
from bilag.platforms.tryton.client import Gone, TrytonClient
from bilag.platforms.tryton.lookup import ids_of, problems_in
from bilag.platforms.tryton.mapping import Identity, Ids, description_of, move_body, posted_from
from bilag.platforms.tryton.moves import MOVES, Moves, by_part
from bilag.platforms.tryton.problems import About
from bilag.platforms.tryton.rows import MoveRow
from bilag.posting.problem import Problem
from bilag.posting.read_back import differences
from bilag.posting.voucher import Voucher
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable


class Posting:
    """Made for one try and thrown away. `run` raises the edge's errors. `books` gives the books, anew if told so."""

    def __init__(
        self,
        client: TrytonClient,
        books: Callable[[bool], Books],
        vouchers: Sequence[Voucher],
        external_id: str,
    ) -> None:
        if not external_id or any(character.isspace() or character == "/" for character in external_id):
            raise ValueError(f"an external id without blanks and slashes is expected: {external_id!r}")
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
        """Post, or go on from what is there. A failure after anything was stored has an unknown outcome."""
        try:
            return self._run()
        except Gone as gone:
            raise Unavailable(Problem("tryton_busy", self._about.subject), outcome_known=False) from gone
        except Unavailable as error:
            if error.outcome_known and self._stored:
                raise Unavailable(error.problems[0], outcome_known=False, retry_after=error.retry_after) from error
            raise

    def _run(self) -> PostingStatus:
        found = self._moves.all_of(self._external_id)
        ours = by_part(found)
        if 1 in ours and ours[1].state == "posted":
            return self._moves.standing_of(ours)
        standing = self._moves.taken(self._number, self._external_id) or self._posted_otherwise(ours)
        if standing is not None:
            return standing
        for part, move in ours.items():
            if move.state == "posted":
                del self._vouchers[part]
        try:
            self._check()
            ids = {part: self._ids_of(part) for part in self._vouchers}
        except Refused as refused:
            raise self._told(refused, refused.problems, self._take_away()) from refused
        drafts = self._drafts(ids, found)
        if drafts is None:
            return PostingStatus(PostingState.IN_PROGRESS)
        self._post(drafts)
        posted = by_part(self._moves.all_of(self._external_id))
        return self._moves.standing_of(posted) if 1 in posted else PostingStatus(PostingState.IN_PROGRESS)

    def _posted_otherwise(self, ours: dict[int, MoveRow]) -> PostingStatus | None:
        """A voucher that goes with the invoice is posted already, and says something else now: a person looks."""
        for part, move in ours.items():
            if move.state == "posted" and not self._says_the_same(part, move):
                facts = {"number": str(self._number), "journal": move.number or "", "batch": str(move.id)}
                problem = Problem("duplicate_content", self._about.subject, facts)
                return PostingStatus(
                    PostingState.CONFLICT, batch_number=move.id, problems=(problem,), same_content=False
                )
        return None

    def _check(self) -> None:
        """Raise what the chart says against it, after a second look at a chart that is not a minute old."""
        if self._against():
            self._books = self._fresh_books(True)
            problems = self._against()
            if problems:
                raise Refused(problems)

    def _against(self) -> list[Problem]:
        chart, currencies = self._books.chart, frozenset(self._books.currencies)
        return [
            problem
            for part, voucher in self._vouchers.items()
            for problem in problems_in(voucher, chart, currencies, self._subject(part))
        ]

    def _ids_of(self, part: int) -> Ids:
        return ids_of(self._client, self._books, self._vouchers[part], self._subject(part))

    def _subject(self, part: int) -> str:
        """Only the first voucher's entries are the invoice's lines."""
        return "" if part == 1 else self._about.subject

    def _drafts(self, ids: dict[int, Ids], found: Iterable[tuple[Identity, MoveRow]]) -> dict[int, int] | None:
        """A move for each voucher that is not posted, by part; None where another try is ahead of this one."""
        kept = self._kept_drafts(found)
        try:
            for part, voucher in self._vouchers.items():
                if part not in kept:
                    body = move_body(voucher, self._external_id, part, self._books, ids[part])
                    self._stored = True
                    kept[part] = self._client.create(MOVES, body, self._about)
        except (Refused, Misconfigured) as error:
            raise self._refused(error) from error
        now = [(kept.get(one.part), move) for one, move in self._moves.all_of(self._external_id) if one.part in kept]
        if any(mine != move.id and (move.state == "posted" or move.id < (mine or 0)) for mine, move in now):
            self._remove(kept.values())
            return None
        return kept

    def _kept_drafts(self, found: Iterable[tuple[Identity, MoveRow]]) -> dict[int, int]:
        """What is there already and says the same; drafts that say something else, or stand double, are taken away."""
        kept: dict[int, int] = {}
        for identity, move in found:
            part = identity.part
            if move.state == "posted":
                self._stored = True
            elif part not in kept and self._says_the_same(part, move):
                kept[part] = move.id
                self._stored = True
            else:
                self._remove([move.id])
        return kept

    def _says_the_same(self, part: int, move: MoveRow) -> bool:
        voucher = self._vouchers.get(part)
        if voucher is None or move.description != description_of(voucher, self._external_id, part):
            return False
        return not differences(voucher, posted_from(move, self._books), self._books.chart)

    def _post(self, drafts: dict[int, int]) -> None:
        for part in sorted(drafts, reverse=True):
            try:
                self._client.act(MOVES, drafts[part], "post", self._about)
            except (Refused, Misconfigured) as error:
                now = self._moves.now(drafts[part])
                if now is None or now.state != "posted":
                    raise self._refused(error) from error

    def _refused(self, error: EdgeError) -> EdgeError:
        """Take the drafts away, so that nobody posts them beside a later one, and find out what Tryton meant."""
        left = self._take_away()
        self._books = self._fresh_books(True)
        problems = self._against()
        try:
            for part in self._vouchers:
                self._ids_of(part)
        except Refused as refused:
            problems += refused.problems
        said = error.problems[0].said
        told = [Problem(one.code, one.subject, one.facts, said) for one in problems]
        return self._told(Refused(told) if told else error, told or error.problems, left)

    def _told(self, error: EdgeError, problems: Sequence[Problem], left: Sequence[str]) -> EdgeError:
        """The refusal, and what of the invoice is posted all the same."""
        if not left:
            return error
        facts = {"number": str(self._number), "journals": ", ".join(left)}
        return Refused([*problems, Problem("tryton_half_posted", self._about.subject, facts)])

    def _take_away(self) -> list[str]:
        """Remove our drafts. Gives the journal numbers of what is posted, which nobody can take away."""
        moves = [move for _, move in self._moves.all_of(self._external_id)]
        self._remove(move.id for move in moves if move.state != "posted")
        return [move.number or str(move.id) for move in moves if move.state == "posted"]

    def _remove(self, moves: Iterable[int]) -> None:
        for move in moves:
            try:
                self._client.delete(MOVES, move, self._about)
            except Gone:
                continue
            except (Refused, Misconfigured) as error:  # it was posted meanwhile: what stands there must be looked at
                raise Unavailable(error.problems[0], outcome_known=False) from error
