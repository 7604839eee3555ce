"""Look up moves in Tryton by external id or invoice number. Reads only."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bilag.platforms.base import PostingState, PostingStatus
from bilag.platforms.tryton.books import INVOICES, Books
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.mapping import WORDS, Identity, identity_of, journal_number, posted_from
from bilag.platforms.tryton.rows import InvoiceRow, MoveRow
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import INVOICE_KINDS, VoucherKind

MOVES = "account.move"
INVOICE_WORDS = (WORDS[VoucherKind.INVOICE], WORDS[VoucherKind.CREDIT_NOTE])
PAGE = 200


class Moves:
    """Looks up the moves of one company. Raises the errors of `bilag.wire.errors`."""

    def __init__(self, client: TrytonClient, books: Books) -> None:
        self._client = client
        self._books = books
        self._of_company = ["company", "=", books.company]

    def find(self, number: int, external_id: str, *, thorough: bool) -> PostingStatus:
        """Look up the invoice's voucher; without `thorough`, ignore drafts."""
        own = by_part(self.all_with(external_id))
        invoice = own.get(1)
        if invoice is not None and invoice.state == "posted":
            return self.status_of(own)
        conflict = self.find_conflict(number, external_id)
        if conflict is not None:
            return conflict
        drafts = [move for move in own.values() if move.state != "posted"]
        return (
            PostingStatus(PostingState.CREATED, batch_number=drafts[0].id)
            if thorough and drafts
            else PostingStatus(PostingState.ABSENT)
        )

    def all_with(self, external_id: str) -> list[tuple[Identity, MoveRow]]:
        """Return every move with our external id, drafts and duplicates included, in order of id."""
        like = [["description", "like", f"{escape_like(external_id)}{end}%"] for end in (" ", "/")]
        rows = self._client.rows(MOVES, MoveRow, [self._of_company, ["OR", *like]])
        identified = [(identity_of(move), move) for move in rows]
        return [(one, move) for one, move in identified if one is not None and one.external_id == external_id]

    def read(self, move: int) -> MoveRow | None:
        """Read a move; None if it is gone."""
        rows = self._client.rows(MOVES, MoveRow, [["id", "=", move]])
        return rows[0] if rows else None

    def status_of(self, own: Mapping[int, MoveRow]) -> PostingStatus:
        """Return the status of our moves by part. The invoice's is posted last, so once it is posted, all are."""
        move = own[1]
        if move.state != "posted":
            return PostingStatus(PostingState.CREATED, batch_number=move.id)
        others = [one for part, one in sorted(own.items()) if part != 1 and one.state == "posted"]
        posted, *companions = [posted_from(one, self._books) for one in (move, *others)]
        return PostingStatus(PostingState.POSTED, posted, journal_number(move), move.id, others=tuple(companions))

    def find_conflict(self, number: int, external_id: str) -> PostingStatus | None:
        """Return the conflict with another invoice or credit note of this number, if any."""
        problems = (*self._conflicting_moves(number, external_id), *self._conflicting_invoices(number))
        return PostingStatus(PostingState.CONFLICT, problems=problems) if problems else None

    def list_posted(self, first: date, last: date) -> Iterator[Posted]:
        """Yield every move posted on these days; pages are read as needed."""
        days = [["date", ">=", first], ["date", "<=", last]]
        for move in self._client.each(MOVES, MoveRow, [self._of_company, ["state", "=", "posted"], *days], page=PAGE):
            yield posted_from(move, self._books)

    def _conflicting_moves(self, number: int, external_id: str) -> Iterator[Problem]:
        """Find vouchers of another Bilag, or another of its companies, posted in the same books and not cancelled."""
        like = [["description", "like", f"% {word} {number}{end}%"] for word in INVOICE_WORDS for end in (":", " ")]
        posted = [self._of_company, ["state", "=", "posted"]]
        for move in self._client.rows(MOVES, MoveRow, [*posted, ["OR", *like]]):
            identity = identity_of(move)
            if identity is None or identity.number != number or identity.external_id == external_id:
                continue
            if identity.kind not in INVOICE_KINDS:
                continue
            if not self._client.rows(MOVES, MoveRow, [*posted, ["origin", "=", f"{MOVES},{move.id}"]]):
                facts = {"journal": move.number or "", "date": move.date.isoformat(), "other": identity.external_id}
                yield _number_taken(number, facts)

    def _conflicting_invoices(self, number: int) -> Iterator[Problem]:
        """Find invoices that a user created in Tryton."""
        if not self._books.invoices:
            return
        states = ["state", "in", ["validated", "posted", "paid"]]
        query = [self._of_company, ["type", "=", "out"], ["number", "=", str(number)], states]
        for invoice in self._client.rows(INVOICES, InvoiceRow, query):
            day = invoice.invoice_date.isoformat() if invoice.invoice_date else ""
            total = f"{invoice.total_amount:.2f}" if invoice.total_amount is not None else ""
            yield _number_taken(number, {"date": day, "customer": invoice.party.code or "", "total": total})


def by_part(moves: Iterable[tuple[Identity, MoveRow]]) -> dict[int, MoveRow]:
    """Choose one move for each part: the posted one, else the oldest draft."""
    found: dict[int, MoveRow] = {}
    for identity, move in moves:
        known = found.get(identity.part)
        if known is None or (known.state != "posted" and move.state == "posted"):
            found[identity.part] = move
    return found


def escape_like(text: str) -> str:
    """Escape the text for a `like`, where % and _ are wildcards."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _number_taken(number: int, facts: dict[str, str]) -> Problem:
    identified = {"number": str(number), **{name: fact for name, fact in facts.items() if fact}}
    return Problem("voucher_number_taken", f"invoice {number}", identified)
