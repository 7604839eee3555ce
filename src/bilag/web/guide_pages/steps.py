"""The steps of the guided setup, in their order: which sections of the setup each has, and what of it is checked live."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bilag.companies.check import Name, StepName
from bilag.companies.settings import Section, section_of
from bilag.platforms.base import PlatformStep
from bilag.web.setup_pages.check_rows import Where, anchor, elsewhere
from bilag.web.setup_pages.parts import Text


class StepKey(StrEnum):
    """The steps, by the last part of their address."""

    MOMENT = "moment"
    ACCOUNTING = "accounting"
    TRANSFER = "transfer"
    DIMENSIONS = "dimensions"
    EXPENSES = "expenses"
    ACCRUAL = "accrual"
    NOTIFY = "notify"
    WEBHOOK = "webhook"
    CHECK = "check"
    REHEARSE = "rehearse"
    ON = "on"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """A step. `sections` are those parts of the setup form that it shows; `checks` the steps of the connection check it runs."""

    key: StepKey
    title: Text
    about: Text
    sections: Sequence[Section] = ()
    checks: frozenset[Name] = frozenset()
    optional: bool = False
    """A company can be switched on without it."""

    def url(self, slug: str) -> str:
        """Return its address in the guided setup of a company."""
        return reverse("guide-step", args=[slug, self.key.value])


STEPS = (
    GuideStep(
        StepKey.MOMENT,
        _("Moment"),
        _(
            "Bilag reads invoices, customers and projects from Moment. You need the company id and an API key from Moment."
        ),
        (Section.MOMENT,),
        frozenset((StepName.MOMENT,)),
    ),
    GuideStep(
        StepKey.ACCOUNTING,
        _("Accounting"),
        _("Bilag posts in the books of one client. You get these details from the accounting office."),
        (Section.PLATFORM,),
        frozenset((PlatformStep.SIGNED_IN, PlatformStep.CLIENT_FOUND, StepName.CARRIED, StepName.WHO)),
    ),
    GuideStep(
        StepKey.TRANSFER,
        _("What to transfer"),
        _("Most companies transfer all three. You can change this later."),
        (Section.EXPORT,),
    ),
    GuideStep(
        StepKey.DIMENSIONS,
        _("Dimensions"),
        _("If accounting has projects or departments as dimensions, select where. Otherwise, continue."),
        (Section.DIMENSIONS,),
        frozenset((PlatformStep.UNITS, StepName.NUMBERS)),
        optional=True,
    ),
    GuideStep(
        StepKey.EXPENSES,
        _("Expenses"),
        _("Leave it switched off if you do not invoice costs to your customers."),
        (Section.EXPENSES,),
        optional=True,
    ),
    GuideStep(
        StepKey.ACCRUAL,
        _("Accrual and rounding"),
        _("Ask your accountant if you are not sure. You can switch this on later."),
        (Section.ACCRUAL, Section.ACCRUED_INCOME, Section.ROUNDING),
        optional=True,
    ),
    GuideStep(
        StepKey.NOTIFY,
        _("Notifications"),
        _("Bilag tells you when something needs attention. At least one person must be notified."),
        (Section.NOTIFY,),
    ),
    GuideStep(
        StepKey.WEBHOOK,
        _("Webhook"),
        _(
            "Moment tells Bilag at this address when an invoice is finalised, so that it is posted within seconds. Without it, "
            "Bilag finds the invoice within five minutes."
        ),
        optional=True,
    ),
    GuideStep(
        StepKey.CHECK,
        _("Connection check"),
        _("Bilag tries both connections and compares accounts and VAT codes. Nothing is changed in either system."),
    ),
    GuideStep(
        StepKey.REHEARSE,
        _("Rehearsal or preview"),
        _("See what Bilag would post before anything is sent. You can also do this later."),
        optional=True,
    ),
    GuideStep(StepKey.ON, _("Switch on"), _("When you switch on, Bilag posts every invoice as it is finalised.")),
)
STEP_OF_SECTION = {section: one for one in STEPS for section in one.sections}


def step_of(key: str) -> GuideStep:
    """Return the step with this address. Raises `Http404`."""
    for one in STEPS:
        if one.key == key:
            return one
    raise Http404


def step_title(key: str) -> Text:
    """Return the title of a step; empty for a step that no longer exists."""
    return next((one.title for one in STEPS if one.key == key), "")


def neighbours(one: GuideStep) -> tuple[GuideStep | None, GuideStep | None]:
    """Return the step before and the step after."""
    place = STEPS.index(one)
    return STEPS[place - 1] if place else None, STEPS[place + 1] if place + 1 < len(STEPS) else None


def in_guide(slug: str) -> Where:
    """Return where the fields of a company are in its guided setup."""

    def where(dotted: str) -> str:
        one = STEP_OF_SECTION.get(Section(section_of(dotted))) if section_of(dotted) in set(Section) else None
        return elsewhere(dotted, slug) or (one.url(slug) if one else reverse("setup", args=[slug])) + anchor(dotted)

    return where
