"""Rows of the longest tables. A template takes twice as long for a thousand cells: it looks each up by name in its context.

Every value is escaped by `format_html_join`.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bilag.transfers.models import Transfer
from bilag.web.log_pages.rows import RenderedRow
from bilag.web.overview_pages.day_rows import DayRow, amounts_text
from bilag.web.templatetags.bilag import amount, day, kind_word, oslo, shown_number, state_word, why
from bilag.web.templatetags.overview_words import lasting

register = template.Library()
CHOICE = '<td data-label="{word}"><input type="checkbox" name="id" value="{pk}" aria-label="{label}"></td>'
TRANSFER = (
    "<tr data-row>{choice}"
    '<td data-label="{number_word}" class="cut"><span><a href="{list_url}{pk}/">{number}</a>'
    ' <span class="soft small">{kind}</span></span></td>'
    '<td data-label="{name_word}" class="cut" title="{name}">{name}</td>'
    '<td data-label="{total_word}" class="number">{total}</td>'
    '<td data-label="{status_word}" class="nowrap"><span class="pill {state}"{why}>{state_name}</span></td>'
    '<td data-label="{journal_word}" class="number">{journal}</td>'
    '<td data-label="{received_word}" class="nowrap small">{received}</td>'
    '<td data-label="{done_word}" class="nowrap small wide-only">{done}</td></tr>\n'
)
ENTRY = (
    '<tr><td class="nowrap" data-label="{time_word}"><time datetime="{iso}">{time}</time></td>'
    '<td data-label="{event_word}"><span class="pill {level}">{title}</span>{failed}</td>'
    '<td data-label="{about_word}">{about}</td>'
    '<td data-label="{by_word}" class="break">{origin}</td>{detail}</tr>\n'
)
DAY = (
    '<tr><th scope="row">{}</th><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td>'
    '<td class="number">{}</td><td class="number">{}</td><td class="number">{}</td></tr>\n'
)


@register.simple_tag
def transfer_rows(rows: Iterable[Transfer], list_url: str, *, may_handle: bool) -> SafeString:
    """The rows of the list of transfers. `may_handle`: with a box to choose each."""
    words = {
        "number_word": _("Number"),
        "name_word": _("Name"),
        "total_word": _("Total"),
        "status_word": _("Status"),
        "journal_word": _("Journal number"),
        "received_word": _("Received"),
        "done_word": _("Done"),
        "list_url": list_url,
    }
    return format_html_join("", TRANSFER, _transfers(rows, words, may_handle=may_handle))


def _transfers(rows: Iterable[Transfer], words: Mapping[str, str], *, may_handle: bool) -> Iterator[Mapping[str, Any]]:
    select = _("Select %(number)s")
    for row in rows:
        reason = why(row)
        yield {
            **words,
            "pk": row.pk,
            "choice": format_html(CHOICE, pk=row.pk, word=_("Select"), label=select % {"number": row.number})
            if may_handle
            else "",
            "number": shown_number(row.number, row.kind),
            "kind": kind_word(row.kind),
            "name": row.name or "",
            "total": f"{amount(row.total)} {row.currency or ''}" if row.total is not None else "",
            "state": row.state,
            "state_name": state_word(row.state),
            "why": format_html(' title="{}"', reason) if reason else "",
            "journal": "" if row.journal_number is None else row.journal_number,
            "received": oslo(row.hinted_at, "short"),
            "done": oslo(row.done_at, "short"),
        }


@register.simple_tag
def log_rows(lines: Iterable[RenderedRow], list_url: str) -> SafeString:
    """The rows of the log. `list_url`: the address of the list of transfers."""
    words = {
        "time_word": _("Time"),
        "event_word": _("Event"),
        "about_word": _("About"),
        "by_word": _("By"),
        "details_word": _("Details"),
    }
    return format_html_join("", ENTRY, (_entry(line, list_url, words) for line in lines))


def _entry(line: RenderedRow, list_url: str, words: Mapping[str, str]) -> Mapping[str, Any]:
    if line.detail:
        detail = format_html('<td class="whole break">{}</td>', line.detail)
    else:
        detail = format_html('<td data-label="{}"></td>', words["details_word"])
    return {
        **words,
        "iso": line.at.isoformat(),
        "time": oslo(line.at, "seconds"),
        "level": line.level,
        "title": line.title,
        "failed": format_html('<span class="hidden-text"> ({})</span>', _("Failed")) if line.level == "bad" else "",
        "about": format_html('<a href="{}{}/">{}</a>', list_url, line.transfer_id, line.about)
        if line.transfer_id
        else line.about,
        "origin": line.origin,
        "detail": detail,
    }


@register.simple_tag
def day_rows(rows: Iterable[DayRow]) -> SafeString:
    """Render the rows of the table beside the overview's charts: count and amount of each state, and the time."""
    return format_html_join("", DAY, (_day(row) for row in rows))


def _day(row: DayRow) -> tuple[object, ...]:
    one = row.day
    counts = [_counted(found.count, found.amounts) for found in (row.under_way, row.attention)]
    return (day(one.day), one.invoices, amounts_text(one.amounts), *counts, one.others, lasting(one.seconds))


def _counted(count: int, amounts: Mapping[str, Decimal]) -> str:
    return f"{count} ({amounts_text(amounts)})" if count and amounts else str(count)
