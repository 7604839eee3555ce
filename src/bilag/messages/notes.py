"""What a plan did that a person may want to know, in both languages."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from collections.abc import Iterable

from bilag.messages.entry import fill
from bilag.messages.fact_values import render_facts
from bilag.messages.subjects import render_subject
from bilag.posting.note import Note

NOTES = {
    "text_cut": {
        "en": "[{where}: ]{what} was cut to {limit} characters.",
        "nb": "[{where}: ]{what} ble kortet til {limit} tegn.",
    },
    "zero_group_left_out": {
        "en": "[{where}: ]the amounts on account {account} add up to zero and are left out.",
        "nb": "[{where}: ]beløpene på konto {account} summerer seg til null og er utelatt.",
    },
    "rounding_added": {
        "en": "a difference of {amount} is posted on the rounding account {account}.",
        "nb": "en differanse på {amount} er ført på avrundingskontoen {account}.",
    },
    "type_by_sign": {
        "en": "Moment calls it {moment_type}; by the sign of its total it is posted as {type}.",
        "nb": "Moment kaller den {moment_type}; etter fortegnet på totalbeløpet bokføres den som {type}.",
    },
    "exchange_rate_rounded": {
        "en": "the exchange rate was rounded to eight decimals, {rate}.",
        "nb": "valutakursen ble avrundet til åtte desimaler, {rate}.",
    },
    "accrual_by_vouchers": {
        "en": "[{where}: ]{amount} belongs to {first_month} to {last_month} and is accrued on accounts {debit} and {credit}.",
        "nb": "[{where}: ]{amount} hører til {first_month} til {last_month} og periodiseres på konto {debit} og {credit}.",
    },
    "accrual_native": {
        "en": "[{where}: ]{amount} belongs to {first_month} to {last_month}. The accounting system accrues it itself, on accounts {debit} and {credit}.",
        "nb": "[{where}: ]{amount} hører til {first_month} til {last_month}. Regnskapssystemet periodiserer det selv, på konto {debit} og {credit}.",
    },
    "accrual_not_native": {
        "en": "[{where}: ]the accounting system's own accrual knows equal months in the company's currency only, so vouchers are sent.",
        "nb": "[{where}: ]regnskapssystemets egen periodisering kan bare like måneder i egen valuta, så det sendes bilag.",
    },
}


def render_note(note: Note, language: str) -> str:
    """The note as one sentence."""
    texts = NOTES.get(note.code)
    if texts is None:
        return note.code
    where = f"line{'s' if len(note.positions) > 1 else ''} {', '.join(map(str, note.positions))}"
    facts = render_facts(note.facts, language)
    if note.positions:
        facts["where"] = render_subject(where, language)
    sentence = fill(texts["nb" if language == "nb" else "en"], facts)
    return sentence[:1].upper() + sentence[1:]


def render_notes(notes: Iterable[Note], language: str) -> list[str]:
    """Each note as one sentence in `language` ("nb" or "en")."""
    return [render_note(note, language) for note in notes]
