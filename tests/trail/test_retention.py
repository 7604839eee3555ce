"""What is older than the company keeps goes; what keeps an invoice from being posted twice stays."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from tests.support.world import World


def years_later(monkeypatch: pytest.MonkeyPatch, year: int) -> None:
    now = datetime(year, 1, 10, 3, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_years_are_counted_from_the_end_of_the_year() -> None:
    from bilag.audit.retention import kept_from

    assert kept_from(date(2031, 12, 31), 5).date() == date(2026, 1, 1)
    assert kept_from(date(2032, 1, 1), 5).date() == date(2027, 1, 1)


def test_nothing_goes_within_five_years(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.audit.retention import tidy

    years_later(monkeypatch, timezone.now().year + 5)
    assert tidy(trail.company_id) == {}


def test_after_them_attempts_and_events_go_and_transfers_stay(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.audit.retention import tidy
    from bilag.companies.models import SetupChange
    from bilag.events.models import Event
    from bilag.transfers.models import Attempt, Transfer

    transfers, changes = Transfer.objects.count(), SetupChange.objects.count()
    years_later(monkeypatch, timezone.now().year + 6)
    removed = tidy(trail.company_id)
    assert removed["attempts"] > 0
    assert not Attempt.objects.exists()
    assert (Transfer.objects.count(), SetupChange.objects.count()) == (transfers, changes)
    assert not Transfer.objects.filter(state="done", name__isnull=False).exists()
    told = Event.objects.get(name="retention")
    assert told.facts["attempts"] == str(removed["attempts"])
    assert trail.vouchers(), "and nothing is posted again"
    assert tidy(trail.company_id) == {}


def test_company_may_keep_it_longer(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.audit.retention import tidy

    trail.apply(retention={"years": 10})
    years_later(monkeypatch, timezone.now().year + 9)
    assert tidy(trail.company_id) == {}


def test_fewer_than_five_years_are_refused(trail: World) -> None:
    from bilag.companies.file import CompanyFileError

    with pytest.raises(CompanyFileError, match=r"retention.years is 4. Give a whole number from 5 to 30"):
        trail.apply(retention={"years": 4})
