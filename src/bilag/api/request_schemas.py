"""Schemas of requests: bodies and parameters, checked before anything is done."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Body, Path, Query, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema, model_validator

from bilag.transfers.intake.numbers import INVOICE, given_numbers
from bilag.transfers.models import Kind, State

MOST_NUMBERS = 1000
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"


def _storable(text: str) -> str:
    """Text that the database can store."""
    if any(ord(one) < 32 or 0xD800 <= ord(one) <= 0xDFFF or ord(one) == 127 for one in text):
        raise ValueError("has characters that no number or name has")
    return text


def _day(value: Any) -> Any:
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("give a day such as 2026-11-01")


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS), AfterValidator(_storable)]
Number = Annotated[str, Field(min_length=1, max_length=50, pattern=NO_CONTROLS), AfterValidator(_storable)]
KindPath = Annotated[Kind, Path(description="What is transferred.")]
NumberPath = Annotated[Text, Path(description="Its number in Moment.", examples=["10042"])]
InvoicePath = Annotated[int, Path(ge=0, le=2**53, description="The invoice's number in Moment.", examples=[10042])]


class Paged(Schema):
    """The page to return: its cursor and size."""

    cursor: str | None = Field(None, max_length=200, description="`next` of the answer before; none at first.")
    limit: int = Field(50, ge=1, le=200, description="At most so many.")


class Filters(Paged):
    """The transfers to list."""

    kind: Kind | None = Field(None, description="Only these.")
    state: State | None = Field(None, description="Only those in this state.")
    number: Text | None = Field(None, description="Only the one with this number in Moment.")
    customer: Text | None = Field(None, description="Only of the customer with this number.")
    since: Day | None = Field(None, description="Only those done on or after this day, in Norway.")
    until: Day | None = Field(None, description="Only those done on or before this day, in Norway.")


class _Body(Schema):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class LiveAsked(_Body):
    """Switch the company live or off."""

    live: StrictBool


class PartiesConfirmed(_Body):
    """Confirm that the parties are one company: the `digest` that the check gave with them."""

    digest: str = Field(min_length=1, max_length=64)


class TransfersAsked(_Body):
    """The objects to transfer: `numbers`, or all that changed `since` a day, or `all`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["numbers"]}, {"required": ["since"]}, {"required": ["all"]}]}
    )

    kind: Literal["customer", "project", "invoice"]
    numbers: Annotated[list[Number], Field(min_length=1, max_length=MOST_NUMBERS)] = Field(
        default_factory=list, description="Numbers in Moment. State filters and the first day do not hold these back."
    )
    since: Day | None = Field(None, description="All that changed in Moment on or after this day.")
    all: Literal[True] | None = Field(None, description="All that Moment has to transfer.")

    @model_validator(mode="after")
    def one_of_three(self) -> "TransfersAsked":
        """Require exactly one of the ways to choose."""
        if len([one for one in (self.numbers, self.since, self.all) if one]) != 1:
            raise ValueError("give numbers, or since, or all: one of the three")
        given = given_numbers(self.kind, self.numbers)
        if self.kind == INVOICE and given.invalid:
            raise ValueError(f"numbers: {given.invalid[0]!r} is no invoice number: it has digits only")
        self.numbers = list(given.numbers)
        return self


class RetryAsked(_Body):
    """The transfers to retry: `all` that need attention, wait or are in doubt, or those that stopped for one `problem`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["problem"]}, {"required": ["all"]}]})

    all: Literal[True] | None = Field(None, description="All that need attention, wait or are in doubt.")
    problem: str | None = Field(
        None,
        min_length=1,
        max_length=50,
        pattern=r"^[a-z_]+$",
        description="Of these, only those with this problem's code.",
    )
    kind: Kind | None = Field(None, description="Of these, only this kind.")

    @model_validator(mode="after")
    def one_of_two(self) -> "RetryAsked":
        """Require exactly one of the ways to choose."""
        if (self.all is None) == (self.problem is None):
            raise ValueError("give all, or problem: one of the two")
        return self


class RateConfirmed(_Body):
    """The exchange rate that a person confirms for one invoice."""

    rate: str = Field(
        pattern=r"^[0-9]{1,6}([.][0-9]{1,15})?$",
        description="The rate in the facts of the invoice's problem: company currency for one unit.",
        examples=["11.4325"],
    )


class PairClosed(_Body):
    """How to close an invoice and its credit notes."""

    in_moment: StrictBool = Field(
        False, alias="inMoment", description='Also set all of them to "do not transfer" in Moment.'
    )


SetupBody = Annotated[dict[str, Any], Body(description="The company file's document.")]
FiltersQuery = Annotated[Filters, Query()]
PagedQuery = Annotated[Paged, Query()]
