"""Norwegian time without a time zone database, so that a sample is the same on every machine."""

from datetime import UTC, date, datetime, time, timedelta, timezone

WINTER, SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))


def _last_sunday(year: int, month: int) -> datetime:
    """Return 01:00 UTC on the last Sunday of a month with 31 days, when the European Union changes its clocks."""
    last = date(year, month, 31)
    return datetime.combine(last - timedelta(days=(last.weekday() + 1) % 7), time(1), UTC)


def norwegian(moment: datetime) -> datetime:
    """Convert an aware time to Norway's offset (+01:00, in summer +02:00)."""
    summer = _last_sunday(moment.astimezone(UTC).year, 3) <= moment < _last_sunday(moment.astimezone(UTC).year, 10)
    return moment.astimezone(SUMMER if summer else WINTER)


def norwegian_clock(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    """Return a time of day in Norway, between 07:00 and 20:00, where no clock change makes it ambiguous."""
    noon = norwegian(datetime.combine(day, time(11), UTC))
    return datetime.combine(day, time(hour, minute, second), noon.tzinfo)


def months_before(day: date, months: int) -> date:
    """Return the same day some months earlier, or that month's last day if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
