"""Build the setup form of a company from the stored setup, or from submitted data."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from bilag.companies import store
from bilag.companies.models import Company
from bilag.companies.settings import Section
from bilag.companies.setup import Setup
from bilag.members.access import Access
from bilag.platforms.base import PlatformKind
from bilag.platforms.registry import platform_kinds
from bilag.web.setup_pages.choices import Choices, choices_for
from bilag.web.setup_pages.form import SetupForm


@dataclass(frozen=True, slots=True)
class Loaded:
    """The form, the stored setup and the choices it was built from."""

    form: SetupForm
    setup: Setup
    choices: Choices


def language() -> str:
    """Return the language of the page: nb or en."""
    return "nb" if (get_language() or "en").startswith("nb") else "en"


def load(access: Access, data: Any = None, *, choices: Choices | None = None, only: Collection[Section] = ()) -> Loaded:
    """Return the form of a company, bound to `data` if given. With `choices`, neither system is contacted.

    `only`: `data` has the fields of these sections alone (`SetupForm`).
    """
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
        only=only,
        usual=_usual(platform_kinds()[setup.platform_kind]) if access.by_operator else {},
    )
    return Loaded(form, setup, offered)


def _usual(kind: PlatformKind) -> dict[str, str]:
    """Return what other companies of the installation have where all have the same, by dotted name: an operator types it once."""
    same = [one.name for one in kind.fields if one.same_for_all]
    return {f"platform.{kind.name}.{name}": store.usual_value(kind.name, name) for name in same}


def company_keys(company: Company) -> dict[str, Any]:
    """Return the [company] section of an existing company."""
    return {
        "slug": company.slug,
        "name": company.name,
        "organisation_number": company.organisation_number,
        "language": company.language,
    }


def proposed(form: SetupForm, company: Company) -> Setup:
    """Return the setup that saving the (valid) form would store."""
    assert form.file is not None  # noqa: S101 - only called with a valid form
    return store.unsaved(company, form.file.settings, form.file.secrets)
