"""Notes of a posting plan: what Bilag adjusted or decided, in both languages."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from collections.abc import Iterable

from bilag.messages.accounting_system import spoken_of
from bilag.messages.entry import fill
from bilag.messages.fact_values import render_facts
from bilag.messages.subjects import render_subject
from bilag.posting.note import Note

NOTES = {
    "text_cut": {
        "en": "[{where}: ]{what} is shortened to {limit} characters.",
        "nb": "[{where}: ]{what} er kortet ned til {limit} tegn.",
    },
    "zero_group_left_out": {
        "en": "[{where}: ]the sum of the amounts on account {account} is zero, so they are not posted.",
        "nb": "[{where}: ]summen av beløpene på konto {account} er null, så de bokføres ikke.",
    },
    "group_split": {
        "en": "[{where}: ]the amounts on account {account} are posted as {entries} entries, because the rounding of VAT on many lines adds up to more than one entry may differ.",
        "nb": "[{where}: ]beløpene på konto {account} bokføres som {entries} posteringer, fordi avrunding av mva på mange linjer til sammen blir mer enn én postering kan avvike.",
    },
    "project_empty": {
        "en": "[{where}: ]Moment names no project, so unit {unit} is left empty.",
        "nb": "[{where}: ]Moment oppgir ikke noe prosjekt, så enhet {unit} står tom.",
    },
    "department_empty": {
        "en": "[{where}: ]Moment names no department, so unit {unit} is left empty.",
        "nb": "[{where}: ]Moment oppgir ingen avdeling, så enhet {unit} står tom.",
    },
    "rounding_added": {
        "en": "a difference of {amount} is posted to the rounding account {account}.",
        "nb": "en differanse på {amount} er ført på avrundingskontoen {account}.",
    },
    "type_by_sign": {
        "en": "the type in Moment is {moment_type}, but by the sign of its total it is posted as {type}.",
        "nb": "typen i Moment er {moment_type}, men fortegnet på totalbeløpet gjør at bilaget bokføres som {type}.",
    },
    "exchange_rate_rounded": {
        "en": "the exchange rate is rounded to eight decimals: {rate}.",
        "nb": "valutakursen er avrundet til åtte desimaler: {rate}.",
    },
    "not_carried": {
        "en": "<system> has no place for some of what the invoice says, which is then in Moment only: {fields}.",
        "nb": "<system> har ikke plass til alt på fakturaen. Dette står bare i Moment: {fields}.",
    },
    "accrual_by_vouchers": {
        "en": "[{where}: ]{amount} belongs to {first_month} to {last_month} and is accrued on accounts {debit} and {credit}.",
        "nb": "[{where}: ]{amount} gjelder {first_month} til {last_month} og periodiseres på konto {debit} og {credit}.",
    },
    "accrual_native": {
        "en": "[{where}: ]{amount} belongs to {first_month} to {last_month}. <System> makes the accrual on accounts {debit} and {credit}.",
        "nb": "[{where}: ]{amount} gjelder {first_month} til {last_month}. <System> periodiserer på konto {debit} og {credit}.",
    },
    "accrual_not_native": {
        "en": "[{where}: ]<system> can only accrue equal monthly amounts in the company's currency, so Bilag sends accrual vouchers.",
        "nb": "[{where}: ]<system> kan bare periodisere like månedsbeløp i egen valuta, så Bilag sender periodiseringsbilag.",
    },
}


def render_note(note: Note, language: str) -> str:
    """Render a note as a sentence."""
    texts = NOTES.get(note.code)
    if texts is None:
        return note.code
    where = f"line{'s' if len(note.positions) > 1 else ''} {', '.join(map(str, note.positions))}"
    facts = render_facts(note.facts, language)
    if note.positions:
        facts["where"] = render_subject(where, language)
    sentence = fill(spoken_of().put_into(texts["nb" if language == "nb" else "en"], language), facts)
    return sentence[:1].upper() + sentence[1:]


def render_notes(notes: Iterable[Note], language: str) -> list[str]:
    """Render each note as a sentence in `language` ("nb" or "en")."""
    return [render_note(note, language) for note in notes]
