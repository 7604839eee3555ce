"""Schemas of answers: the same as the command line's --json."""

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

Json = dict[str, Any]


class Shape(Schema):
    """A JSON object with names in camel case, such as `voucherNumber`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ProblemShape(Shape):
    """A problem, and its remedy."""

    code: str
    subject: str
    message: str
    remedy: str
    who: str = Field(description="Who can act on it: moment, accounting, azets or bilag.")


class TransferShape(Shape):
    """One object's transfer."""

    kind: str
    number: str
    state: str
    reason: str | None = Field(description="Why it was skipped, as a code.")
    problems: list[ProblemShape]
    attempts: int
    voucher_number: int | None
    journal_number: int | None
    done_at: str | None
    next_at: str | None
    total: str | None = Field(description="Decimal number as text.")
    currency: str | None
    customer_number: str | None
    name: str | None


class AttemptShape(Shape):
    """One attempt, with requests and answers; secrets were removed when they were recorded."""

    began_at: str
    ended_at: str | None
    verdict: str | None
    setup_version: int
    source_hash: str | None
    problems: list[Json]
    exchanges: list[Json]


class TransferWithHistory(TransferShape):
    """One object's transfer with every attempt, newest first."""

    history: list[AttemptShape]


class TransferPage(Shape):
    """Transfers, newest first."""

    transfers: list[TransferShape]
    next: str | None = Field(description="Send it as `cursor` for the next ones; null at the end.")


class Accepted(Shape):
    """The queued transfers."""

    accepted: int = Field(description="How many transfers were queued or are under way already.")
    transfers: list[TransferShape] = Field(description="The first 200 of them.")


class PairShape(Shape):
    """An invoice and its credit notes that were closed together."""

    transfers: list[TransferShape] = Field(description="Newest first.")
    not_set_in_moment: list[str] = Field(
        alias="notSetInMoment", description="Numbers that Moment did not set to “do not transfer”: set them there."
    )


class PollAnswer(Accepted):
    """The result of a poll of Moment."""

    seen: dict[str, int] = Field(description="Objects looked at, by kind.")


class CompanyShape(Shape):
    """A company and its setup."""

    slug: str
    name: str
    webhook_url: str | None = Field(None, description="Only with the scope write.")
    version: int = Field(description="Of the setup; also the ETag.")
    live: bool
    paused: ProblemShape | None
    setup: Json = Field(description='The company file; a secret that is given is shown as "(secret)".')


class SetupSaved(CompanyShape):
    """The saved setup, and what changed."""

    changed: list[str] = Field(description="Dotted names of the fields that changed.")
    remarks: list[str] = Field(description="What to know of fields although nothing is wrong.")


class ChangeShape(Shape):
    """One changed field."""

    at: str
    origin: str
    version: int
    field: str
    old: Any
    new: Any


class ChangePage(Shape):
    """Changes, newest first."""

    changes: list[ChangeShape]
    next: str | None


class StepShape(Shape):
    """One step of the check."""

    name: str
    standing: Literal["ok", "warning", "failed"]
    detail: str
    problems: list[ProblemShape]


class PartyShape(Shape):
    """A company as one side states it."""

    name: str | None
    organisation_number: str | None


class PartiesShape(Shape):
    """The three parties side by side, and whether they are known to be one company."""

    moment: PartyShape
    company: PartyShape
    client: PartyShape
    source: str
    ledger: str
    standing: Literal["agree", "confirmed", "kept", "unsure", "renamed", "differ", "replaced", "twin"]
    confirmed_by: str | None
    digest: str = Field(description="Send it to `POST /parties/confirm` to confirm exactly these.")


class CheckShape(Shape):
    """The steps of the check."""

    ok: bool
    parties: PartiesShape | None = Field(description="Null when one of the two systems did not say.")
    steps: list[StepShape]


class LiveShape(Shape):
    """Whether the company is live, and the result of the check."""

    live: bool
    paused: ProblemShape | None
    check: CheckShape | None = Field(description="Null when it was switched off.")


class StatusShape(Shape):
    """The company's status."""

    company: str
    live: bool
    paused: ProblemShape | None
    transfers: dict[str, dict[str, int]] = Field(description="Counts by kind and state.")
    expenses: Json
    ledger_ahead: ProblemShape | None = Field(
        description="Accounting has vouchers that Bilag no longer knows, after a restored backup. See `bilag recover`."
    )
    worker_alive: bool


class ExpenseLineShape(Shape):
    """One posted line and its state."""

    id: int
    journal_number: int | None = Field(description="With `entryNumber` its identity; null when it could not be read.")
    entry_number: int | None
    state: str = Field(description="waiting, sending, needs_attention, ignored or done.")
    reason: str | None = Field(description="Why it was left in accounting, as a code.")
    reason_text: str | None
    problems: list[ProblemShape]
    voucher_date: str | None
    voucher_number: int | None
    account: str | None
    net: str | None = Field(description="Decimal number as text, in the company's currency; a cost is positive.")
    supplier: str | None
    text: str | None
    project: str | None = Field(description="The value in the project unit.")
    moment_id: int | None = Field(description="The expense in Moment.")
    external_key: str | None
    documents: int = Field(description="How many came along.")
    documents_waiting: bool
    reverses: int | None = Field(description="The id of the line that it reverses.")
    done_at: str | None


class ExpenseLinePage(Shape):
    """Posted lines, newest first."""

    expenses: list[ExpenseLineShape]
    next: str | None = Field(description="Send it as `cursor` for the next ones; null at the end.")


class ExpenseImportShape(Shape):
    """One import."""

    id: int
    began_at: str
    ended_at: str | None = Field(description="Null = under way.")
    origin: str | None = Field(description="Who started it manually; null: Bilag, automatically.")
    report: str | None
    read_again_from: str | None
    read: int
    imported: int
    imported_before: int
    documents: int
    waiting: int
    needs_attention: int
    ignored: dict[str, int] = Field(description="Lines left in accounting, by reason.")
    problem: ProblemShape | None = Field(description="Why it stopped before its end.")


class ExpenseImportPage(Shape):
    """Imports, newest first."""

    imports: list[ExpenseImportShape]
    next: str | None


class ImportAccepted(Shape):
    """The import is queued."""

    accepted: Literal[True]


class ScheduleRowShape(Shape):
    """The amount moved on one day for one project and department."""

    month: str = Field(description="YYYY-MM.")
    date: str
    debit_account: str
    credit_account: str
    amount: str
    project: str | None
    department: str | None
    left: str = Field(description="What then stands on the credit account of accrual.")


class AccrualShape(Shape):
    """How the income of later months is accrued."""

    native: bool = Field(description="The accounting system makes it itself; else vouchers of the same batch do.")
    schedule: list[ScheduleRowShape]


class PreviewShape(Shape):
    """The vouchers that would be posted, or the problems that prevent it."""

    number: int
    problems: list[ProblemShape]
    notes: list[str]
    nothing_to_post: bool
    vouchers: list[Json]
    accrual: AccrualShape | None = Field(None, description="Null where nothing is accrued.")


class AccruedShape(Shape):
    """An amount of accrued income for a project and month, and what it posted."""

    month: str
    project: str
    sequence: int = Field(description="Counts the givings of the month and project.")
    amount: str = Field(description="All that was given as earned and not invoiced.")
    posted: str | None = Field(description="The difference that this one posted; null until it is read back.")
    state: str
    reason: str | None
    journal_number: int | None
    number: str = Field(description="Of its transfer, of kind accrued.")
    given_at: str
    origin: str


class AccruedRows(Shape):
    """The newest amounts of the requested projects."""

    accruals: list[AccruedShape]


class AccruedPage(AccruedRows):
    """Amounts given, newest first."""

    next: str | None


class AccruedPreviewShape(Shape):
    """What an amount would post."""

    month: str
    project: str
    amount: str
    posted: str = Field(description="What stands in accounting already.")
    difference: str = Field(description="What would be posted.")
    problems: list[ProblemShape]


class AccruedPreviews(Shape):
    """One preview for each project."""

    previews: list[AccruedPreviewShape]


class EventShape(Shape):
    """One event."""

    id: int
    at: str
    name: str
    title: str
    good: bool
    origin: str = Field(description="Who or what did it; empty: Bilag, automatically.")
    facts: dict[str, str]
    problem: ProblemShape | None


class EventPage(Shape):
    """Events, newest first."""

    events: list[EventShape]
    next: str | None


class FieldFault(Shape):
    """A problem with one field."""

    field: str
    detail: str


class ProblemDocument(Shape):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = []
    problems: list[ProblemShape] = []
