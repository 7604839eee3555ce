"""Settings have one model: every key of the company file is in it, and what any version of Bilag stored can be read."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from bilag.companies.fields import SECTIONS
from bilag.companies.settings import Section, Settings, default_settings
from bilag.posting.accrual import Allocation

OWN_COLUMNS = {"moment.base_url", "moment.company_id", "moment.api_key"}
"""Kept beside the settings: two columns of the row, and a secret."""


def test_every_key_of_the_company_file_has_one_default_and_nothing_else_has() -> None:
    keys = {f"{section}.{key}" for section, specs in SECTIONS.items() if section != Section.COMPANY for key in specs}
    assert set(default_settings()) == keys - OWN_COLUMNS


@pytest.mark.parametrize(
    "stored", [{}, {"export": {}}, {"export": None}, {"export": {"customers": None, "invoices_from": None}}]
)
def test_settings_of_an_older_shape_have_the_defaults(stored: dict[str, Any]) -> None:
    assert Settings.from_stored(stored) == Settings()


def test_keys_that_are_no_settings_any_more_are_passed_over() -> None:
    assert Settings.from_stored({"export": {"gone": 1}, "gone": {"a": 1}}) == Settings()


def test_stored_json_is_read_as_the_types_of_the_model() -> None:
    settings = Settings.from_stored(
        {
            "moment": {"base_url": "https://moment.example", "rates_per_hundred": ["SEK"]},
            "export": {"invoices_from": "2026-11-01", "customer_states": ["active"], "projects": False},
            "expenses": {"import": True, "billability_dimension": 3},
            "accrual": {"by": "days"},
            "notify": {"users": ["a@b.no"], "emails": ["c@d.no"]},
        }
    )
    assert settings.moment.rates_per_hundred == frozenset({"SEK"})
    assert settings.export.invoices_from == date(2026, 11, 1)
    assert (settings.export.customer_states, settings.export.projects) == (frozenset({"active"}), False)
    assert (settings.expenses.enabled, settings.expenses.billability_dimension) == (True, 3)
    assert settings.accrual.by is Allocation.DAYS
    assert settings.notify.recipients == ("a@b.no", "c@d.no")


def test_every_default_reads_back_as_itself() -> None:
    """Writing all defaults out, as the page may do, is the same as writing none."""
    stored: dict[str, dict[str, Any]] = {}
    for name, value in default_settings().items():
        section, key = name.split(".")
        stored.setdefault(section, {})[key] = value
    assert Settings.from_stored(stored) == Settings()


def test_a_setup_stored_with_nothing_but_its_systems_is_read(database: None) -> None:
    from bilag.companies import store
    from tests.support.bare_company import bare_company

    setup = store.load_setup(bare_company().pk)
    defaults = Settings()
    for section in fields(Settings):
        if section.name not in ("moment", "dimensions"):
            assert getattr(setup, section.name) == getattr(defaults, section.name)
    assert (setup.dimensions.project, setup.dimensions.billability) == (None, None)


def test_the_page_shows_the_defaults_of_the_model(database: None) -> None:
    from bilag.platforms.registry import platform_kinds
    from bilag.web.setup_pages.choices import Choices
    from bilag.web.setup_pages.form import SetupForm

    form = SetupForm(
        kind=platform_kinds()["azets"],
        company={"slug": "new", "name": "new"},
        settings={},
        secrets={},
        version=0,
        choices=Choices(),
        language="en",
    )
    shown = {form.dotted(name): form[name].value() for name in form.fields}
    for name, default in default_settings().items():
        assert (shown[name] or None) == (default or None), name
