"""The form of a company as it stands, or as it was sent."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.members.access import Access
from bilag.platforms.base import PlatformKind
from bilag.platforms.registry import platform_kinds
from bilag.web.setup_pages.choices import Choices, choices_for
from bilag.web.setup_pages.form import SetupForm


@dataclass(frozen=True, slots=True)
class Loaded:
    """The form, what it was made from, and the setup that is stored."""

    form: SetupForm
    setup: Setup
    choices: Choices


def language() -> str:
    """nb or en: of the page."""
    return "nb" if (get_language() or "en").startswith("nb") else "en"


def load(access: Access, data: Any = None, *, choices: Choices | None = None) -> Loaded:
    """The company's form, with `data` if it was sent. `choices` given: neither system is asked for them."""
    setup = store.load_setup(access.company.pk)
    version, settings, secrets = store.stored(access.company.pk)
    offered = choices if choices is not None else choices_for(setup)
    form = SetupForm(
        data,
        kind=platform_kinds()[setup.platform_kind],
        company=company_keys(access.company),
        settings=settings,
        secrets=secrets,
        version=version,
        choices=offered,
        language=language(),
    )
    return Loaded(form, setup, offered)


def blank(kind: PlatformKind, company: dict[str, Any], data: Any = None) -> SetupForm:
    """The form of a company that is not there yet."""
    return SetupForm(
        data,
        kind=kind,
        company=company,
        settings={},
        secrets={},
        version=0,
        choices=Choices(),
        language=language(),
    )


def company_keys(company: Company) -> dict[str, Any]:
    """The company file's [company] of a company that is there."""
    return {
        "slug": company.slug,
        "name": company.name,
        "organisation_number": company.organisation_number,
        "language": company.language,
    }


def proposed(form: SetupForm, company: Company) -> Setup:
    """The setup as it would be if the (valid) form was saved."""
    assert form.file is not None  # noqa: S101 - asked only of a valid form
    return store.unsaved(company, form.file.settings, form.file.secrets)
