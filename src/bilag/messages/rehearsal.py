"""The results of a rehearsal in both languages: why vouchers differ, and what they suggest for the setup."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bilag.messages.entry import fill
from bilag.messages.fact_values import render_date
from bilag.messages.rehearsal_causes import CAUSES
from bilag.posting.text_form import shown

HABITS: dict[str, tuple[str, str]] = {
    "dimensions.project": ("Project dimension", "Prosjektdimensjon"),
    "dimensions.department": ("Department dimension", "Avdelingsdimensjon"),
    "expenses.billability_dimension": ("Billability dimension", "Fakturerbarhetsdimensjon"),
    "accrual": ("Accrual", "Periodisering"),
    "rounding.account": ("Rounding account", "Avrundingskonto"),
    "platform.voucher_series": ("Voucher series", "Bilagsserie"),
    "numbers.voucher": ("Voucher number", "Bilagsnummer"),
    "texts.voucher": ("Voucher text", "Bilagstekst"),
    "texts.entry": ("Entry text", "Posteringstekst"),
    "numbers.customer": ("Customer numbers", "Kundenumre"),
    "numbers.project": ("Project numbers", "Prosjektnumre"),
    "numbers.department": ("Department numbers", "Avdelingsnumre"),
}
STANDINGS: dict[str, tuple[str, str]] = {
    "as_set": ("The setup fits: {value}.", "Oppsettet stemmer: {value}."),
    "proposed": ("Proposed: {value}. The setup has: {current}.", "Forslag: {value}. Oppsettet har: {current}."),
    "noted": ("The books have: {value}.", "Regnskapet har: {value}."),
    "undecided": (
        "The journal does not decide this[. Fits best: {others}].",
        "Journalen avgjør ikke dette[. Passer best: {others}].",
    ),
    "untold": ("The journal says nothing about this.", "Journalen sier ikke noe om dette."),
}
NOTED: dict[str, tuple[str, str]] = {
    "numbers.voucher": (
        "Bilag uses the invoice number, so new vouchers get numbers of another series.",
        "Bilag bruker fakturanummeret, så nye bilag får numre i en annen serie.",
    ),
    "texts.voucher": (
        "Bilag cannot write this from the invoice. It writes what the setup has.",
        "Bilag kan ikke skrive dette ut fra fakturaen, og skriver det oppsettet har.",
    ),
    "texts.entry": (
        "Bilag cannot write this from the invoice. It writes what the setup has.",
        "Bilag kan ikke skrive dette ut fra fakturaen, og skriver det oppsettet har.",
    ),
    "numbers.customer": (
        "Bilag uses the number in Moment. Give each customer the same number in both systems before you switch on.",
        "Bilag bruker nummeret i Moment. Gi hver kunde samme nummer i begge systemene før du slår på.",
    ),
    "numbers.project": (
        "Bilag uses the number in Moment. Give each project the same number in both systems before you switch on.",
        "Bilag bruker nummeret i Moment. Gi hvert prosjekt samme nummer i begge systemene før du slår på.",
    ),
    "numbers.department": (
        "Bilag uses the number in Moment. Give each department the same number in both systems before you switch on.",
        "Bilag bruker nummeret i Moment. Gi hver avdeling samme nummer i begge systemene før du slår på.",
    ),
}
UNTOLD: dict[str, tuple[str, str]] = {
    "dimensions.project": (
        "No voucher belongs to an invoice with a project.",
        "Ingen bilag hører til en faktura med prosjekt.",
    ),
    "dimensions.department": (
        "No voucher belongs to an invoice with a department.",
        "Ingen bilag hører til en faktura med avdeling.",
    ),
    "expenses.billability_dimension": (
        "No posted cost could be recognised among the expenses in Moment.",
        "Ingen bokført kostnad ble gjenkjent blant utleggene i Moment.",
    ),
    "accrual": (
        "No invoice has a service period that goes beyond its month.",
        "Ingen faktura har en tjenesteperiode som går ut over måneden.",
    ),
    "rounding.account": ("No invoice has a rounding difference.", "Ingen faktura har en avrundingsdifferanse."),
    "texts.voucher": ("No voucher has a text.", "Ingen bilag har tekst."),
    "texts.entry": ("No entry has a text.", "Ingen posteringer har tekst."),
    "platform.voucher_series": (
        "Vouchers do not name their series. Ask the accountant which series to use.",
        "Bilagene oppgir ikke serien. Spør regnskapsføreren hvilken serie som skal brukes.",
    ),
}
RESULTS: dict[str, tuple[str, str]] = {
    "equal": ("Equal", "Lik"),
    "own_way": ("Equal but for texts and numbers", "Lik utenom tekster og numre"),
    "differs": ("Differs", "Avviker"),
    "missing": ("Not in the journal", "Ikke i journalen"),
    "duplicate": ("Posted more than once", "Bokført mer enn én gang"),
    "stopped": ("Would have been stopped", "Ville blitt stoppet"),
    "nothing": ("Nothing to post", "Ingenting å bokføre"),
    "left_out": ("Not to be transferred", "Skal ikke overføres"),
    "unknown": ("Not in Moment", "Ikke i Moment"),
}
PHASES: dict[str, tuple[str, str]] = {
    "invoices": ("Reading invoices from Moment", "Leser fakturaer fra Moment"),
    "journal": ("Reading the journal", "Leser journalen"),
    "comparing": ("Comparing", "Sammenligner"),
    "concluding": ("Summing up", "Oppsummerer"),
    "done": ("Done", "Ferdig"),
}
_DIMENSIONS = {
    "project": ("project", "prosjekt"),
    "department": ("department", "avdeling"),
}
_ABSENT = {"journal": ("The journal", "Journalen"), "moment": ("Moment", "Moment")}
_DOCUMENTS = {"credit_notes": ("for credit notes", "for kreditnotaer")}
_BY = {"months": ("equally by month", "likt per måned"), "days": ("by days", "etter dager")}
_PLACE = re.compile(r"\{([^{}]+)\}")


def render_cause(
    kind: str, facts: Mapping[str, str], language: str, *, until: str = "", since: str = ""
) -> tuple[str, str]:
    """Render why vouchers differ: message and remedy. `until` and `since` are ISO dates, where the cause has an end or a start."""
    norwegian = language == "nb"
    message, remedy = CAUSES.get(kind, CAUSES["other"])[norwegian]
    words = {
        name: _fact(name, value, norwegian)
        for name, value in {**facts, "until": until, "since": since}.items()
        if value
    }
    if "dimension" in words:
        words["Dimension"] = words["dimension"].capitalize()
    return fill(message, words), remedy


def _fact(name: str, value: str, norwegian: bool) -> str:
    if name in ("until", "since"):
        return render_date(date.fromisoformat(value), "nb" if norwegian else "en")
    if name == "form":
        return _form(value, norwegian)
    known = {"dimension": _DIMENSIONS, "absent": _ABSENT, "by": _BY, "documents": _DOCUMENTS}.get(name, {})
    if value in known:
        return known[value][norwegian]
    return {"-": ("none", "ingen")[norwegian]}.get(value, value)


def render_habit(habit: str, language: str) -> str:
    """Name the setting that a proposal is about."""
    return HABITS[habit][language == "nb"]


def render_value(habit: str, value: str, language: str) -> str:
    """Render the value of a habit."""
    norwegian = language == "nb"
    if habit in ("dimensions.project", "dimensions.department", "expenses.billability_dimension"):
        return ("not used", "ikke i bruk")[norwegian] if value == "none" else f"{('unit', 'enhet')[norwegian]} {value}"
    if habit == "accrual":
        return _accrual(value, norwegian)
    if habit == "rounding.account":
        return f"{('account', 'konto')[norwegian]} {value}"
    if habit == "numbers.voucher":
        return _numbers(value, norwegian)
    if habit in ("texts.voucher", "texts.entry"):
        return _text(value, norwegian)
    return _form(value, norwegian)


def _numbers(value: str, norwegian: bool) -> str:
    """Render how voucher numbers follow from invoice numbers: "the invoice number + 100000 to 5150, + 200000 from 5151"."""
    parts = []
    for one in value.split("; "):
        rest = one.removeprefix("credit ")
        offset, _, limits = rest.partition("@")
        first, _, last = limits.partition("-")
        shown = "" if offset == "0" else f"{'-' if offset.startswith('-') else '+'} {offset.lstrip('-')}"
        if first or last:
            shown += f" {('from', 'fra')[norwegian]} {first}" if first else ""
            shown += f" {('to', 'til')[norwegian]} {last}" if last else ""
        if one.startswith("credit "):
            shown = f"{shown or '+ 0'} {('for credit notes', 'for kreditnotaer')[norwegian]}"
        parts.append(shown.strip())
    return " ".join([("the invoice number", "fakturanummeret")[norwegian], ", ".join(filter(None, parts))]).strip()


def _accrual(value: str, norwegian: bool) -> str:
    if value == "off":
        return ("no accrual", "ingen periodisering")[norwegian]
    debit, credit, by = value.split("/")
    spread = _BY.get(by, (by, by))[norwegian]
    if norwegian:
        return f"debetkonto {debit}, kreditkonto {credit}, {spread}"
    return f"debit account {debit}, credit account {credit}, {spread}"


def _text(form: str, norwegian: bool) -> str:
    """Render the form of a text, with the names of its fields that the setup takes, in ‹ ›."""
    whole = _PLACE.sub(r"‹\1›", shown(form, "nb" if norwegian else "en"))
    return f"«{whole}»" if norwegian else f'"{whole}"'


def _form(form: str, norwegian: bool) -> str:
    kind, _, detail = form.partition(":")
    if kind == "zeros":
        return (f"with leading zeros, {detail} digits", f"med ledende nuller, {detail} siffer")[norwegian]
    if kind == "prefix":
        return (f"with {detail} in front", f"med {detail} foran")[norwegian]
    if kind == "stripped":
        return ("without leading zeros", "uten ledende nuller")[norwegian]
    return ("as in Moment", "som i Moment")[norwegian]


def render_proposal(habit: str, standing: str, value: str, current: str, others: Sequence[str], language: str) -> str:
    """Render what the vouchers suggest about a habit: one or two sentences."""
    norwegian = language == "nb"
    facts = {
        "value": render_value(habit, value, language) if value else "",
        "current": render_value(habit, current, language) if current else "",
        "others": "; ".join(render_value(habit, other, language) for other in others[:3]),
    }
    more = {"noted": NOTED, "untold": UNTOLD}.get(standing, {}).get(habit)
    first = more[norwegian] if standing == "untold" and more else fill(STANDINGS[standing][norwegian], facts)
    return f"{first} {more[norwegian]}" if standing == "noted" and more else first


def render_support(fits: int, of: int, exceptions: Sequence[int], others: Sequence[str], language: str) -> str:
    """Render how many vouchers a proposal fits, and which it does not: "Fits 308 of 312 vouchers. The other 4: 5001, …"."""
    if not of:
        return ""
    norwegian = language == "nb"
    first = f"Stemmer for {fits} av {of} bilag." if norwegian else f"Fits {fits} of {of} vouchers."
    if not exceptions or fits == of:
        return first
    numbers = ", ".join(map(str, exceptions)) + (" …" if len(exceptions) < of - fits else "")
    return f"{first} {'De andre' if norwegian else 'The other'} {of - fits}: {numbers}."


def render_headline(counts: Mapping[str, int], language: str) -> str:
    """Render the result in one sentence: "Of 3,412 invoices 3,398 would have been posted exactly as they stand; 14 differ, all
    explained."."""
    norwegian = language == "nb"
    whole = counts.get("invoices", 0) - counts.get("nothing", 0) - counts.get("left_out", 0)
    if not whole:
        return "Ingen fakturaer i perioden." if norwegian else "No invoices in the period."
    same = sum(counts.get(name, 0) for name in ("equal", "own_way"))
    others, unexplained = whole - same, counts.get("unexplained", 0)
    many, equal = _count(whole, norwegian), _count(same, norwegian)
    if norwegian:
        first = f"Av {many} fakturaer ville {equal} blitt bokført nøyaktig slik de står"
        rest = f"; {_count(others, True)} avviker" + (
            ", alle er forklart" if not unexplained else f", {_count(unexplained, True)} uten forklaring"
        )
    else:
        first = f"Of {many} invoices {equal} would have been posted exactly as they stand"
        rest = f"; {_count(others, False)} differ, " + (
            "all explained" if not unexplained else f"{_count(unexplained, False)} not explained"
        )
    return f"{first}{rest if others else ''}."


def _count(count: int, norwegian: bool) -> str:
    return f"{count:,}".replace(",", "\u00a0") if norwegian else f"{count:,}"
