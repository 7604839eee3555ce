"""Customers, projects and departments, transferred before the invoices that use them. Moment owns their numbers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of Moment. `number` is free text; `state` is an open list of values; `country` is ISO 3166-1 alpha-2."""

    moment_id: int
    number: str
    name: str
    state: str
    organisation_number: str | None = None
    email: str | None = None
    invoice_email: str | None = None
    address_lines: tuple[str, ...] = ()
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    version: int | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project of Moment. `number` is free text; `department` is its number in the accounting system, or None."""

    moment_id: int
    number: str
    name: str
    state: str
    customer: str | None = None
    customer_moment_id: int | None = None
    department: str | None = None
    version: int | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """A department, by its number in the external system if it has one, else by its own in Moment."""

    number: str
    name: str
