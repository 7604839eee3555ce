"""What stands in Tryton under an external id or an invoice number. Only reads."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bilag.platforms.base import PostingState, PostingStatus
from bilag.platforms.tryton.books import INVOICES, Books
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.mapping import WORDS, Identity, identity_of, journal_number, posted_from
from bilag.platforms.tryton.rows import InvoiceRow, MoveRow
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import VoucherKind

MOVES = "account.move"
INVOICE_WORDS = (WORDS[VoucherKind.INVOICE], WORDS[VoucherKind.CREDIT_NOTE])
INVOICE_KINDS = (str(VoucherKind.INVOICE), str(VoucherKind.CREDIT_NOTE))
PAGE = 200


class Moves:
    """Looks up the moves of one company. Raises the edge's errors."""

    def __init__(self, client: TrytonClient, books: Books) -> None:
        self._client = client
        self._books = books
        self._mine = ["company", "=", books.company]

    def find(self, number: int, external_id: str, *, thorough: bool) -> PostingStatus:
        """Where the invoice's voucher stands; without `thorough` drafts are not looked at."""
        ours = by_part(self.all_of(external_id))
        invoice = ours.get(1)
        if invoice is not None and invoice.state == "posted":
            return self.standing_of(ours)
        taken = self.taken(number, external_id)
        if taken is not None:
            return taken
        drafts = [move for move in ours.values() if move.state != "posted"]
        return (
            PostingStatus(PostingState.CREATED, batch_number=drafts[0].id)
            if thorough and drafts
            else PostingStatus(PostingState.ABSENT)
        )

    def all_of(self, external_id: str) -> list[tuple[Identity, MoveRow]]:
        """Every move of ours, drafts and twins included, in order of id."""
        like = [["description", "like", f"{literal(external_id)}{end}%"] for end in (" ", "/")]
        rows = self._client.rows(MOVES, MoveRow, [self._mine, ["OR", *like]])
        told = [(identity_of(move), move) for move in rows]
        return [(one, move) for one, move in told if one is not None and one.external_id == external_id]

    def now(self, move: int) -> MoveRow | None:
        """A move as it stands now; None when it is gone."""
        rows = self._client.rows(MOVES, MoveRow, [["id", "=", move]])
        return rows[0] if rows else None

    def standing_of(self, ours: Mapping[int, MoveRow]) -> PostingStatus:
        """The standing of our moves by part. The first goes last: once it is posted, all that goes with it is."""
        move = ours[1]
        if move.state != "posted":
            return PostingStatus(PostingState.CREATED, batch_number=move.id)
        others = [one for part, one in sorted(ours.items()) if part != 1 and one.state == "posted"]
        posted, *with_it = [posted_from(one, self._books) for one in (move, *others)]
        return PostingStatus(PostingState.POSTED, posted, journal_number(move), move.id, others=tuple(with_it))

    def taken(self, number: int, external_id: str) -> PostingStatus | None:
        """The conflict with somebody else's invoice or credit note of this number, if there is one."""
        problems = (*self._taken_by_moves(number, external_id), *self._taken_by_invoices(number))
        return PostingStatus(PostingState.CONFLICT, problems=problems) if problems else None

    def listed(self, first: date, last: date) -> Iterator[Posted]:
        """Everything posted on these days, a page at a time."""
        days = [["date", ">=", first], ["date", "<=", last]]
        for move in self._client.each(MOVES, MoveRow, [self._mine, ["state", "=", "posted"], *days], page=PAGE):
            yield posted_from(move, self._books)

    def _taken_by_moves(self, number: int, external_id: str) -> Iterator[Problem]:
        """Another Bilag, or another company of Bilag's, that posts into the same books."""
        like = [["description", "like", f"% {word} {number}{end}%"] for word in INVOICE_WORDS for end in (":", " ")]
        rows = self._client.rows(MOVES, MoveRow, [self._mine, ["state", "=", "posted"], ["OR", *like]])
        for move in rows:
            identity = identity_of(move)
            if identity is None or identity.number != number or identity.external_id == external_id:
                continue
            if identity.kind in INVOICE_KINDS:
                facts = {"journal": move.number or "", "date": move.date.isoformat(), "other": identity.external_id}
                yield _taken(number, facts)

    def _taken_by_invoices(self, number: int) -> Iterator[Problem]:
        """Invoices that a person made in Tryton itself."""
        if not self._books.invoices:
            return
        states = ["state", "in", ["validated", "posted", "paid"]]
        asked = [self._mine, ["type", "=", "out"], ["number", "=", str(number)], states]
        for invoice in self._client.rows(INVOICES, InvoiceRow, asked):
            day = invoice.invoice_date.isoformat() if invoice.invoice_date else ""
            total = f"{invoice.total_amount:.2f}" if invoice.total_amount is not None else ""
            yield _taken(number, {"date": day, "customer": invoice.party.code or "", "total": total})


def by_part(moves: Iterable[tuple[Identity, MoveRow]]) -> dict[int, MoveRow]:
    """One move for each part: the posted one where a draft stands beside it, else the one that was there first."""
    found: dict[int, MoveRow] = {}
    for identity, move in moves:
        known = found.get(identity.part)
        if known is None or (known.state != "posted" and move.state == "posted"):
            found[identity.part] = move
    return found


def literal(text: str) -> str:
    """The text for a `like`, where % and _ mean something."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _taken(number: int, facts: dict[str, str]) -> Problem:
    told = {"number": str(number), **{name: fact for name, fact in facts.items() if fact}}
    return Problem("voucher_number_taken", f"invoice {number}", told)
