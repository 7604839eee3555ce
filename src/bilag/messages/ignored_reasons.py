"""Why a posted line does not become an expense in Moment, as a sentence in both languages."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

IGNORED = {
    "own_voucher": {
        "en": "It is of an invoice or voucher that came from Moment.",
        "nb": "Den hører til en faktura eller et bilag som kom fra Moment.",
    },
    "before_from_date": {
        "en": "Its voucher is dated before the first day of import in the setup.",
        "nb": "Bilaget er datert før første importdag i oppsettet.",
    },
    "account_not_above": {
        "en": "Its account is not above the limit in the setup, so it is no cost of a project.",
        "nb": "Kontoen er ikke over grensen i oppsettet, så den er ingen prosjektkostnad.",
    },
    "no_project_dimension": {
        "en": "No organisational unit is chosen for projects in the setup, so it cannot be told which project a line is of.",
        "nb": "Det er ikke valgt noen organisasjonsenhet for prosjekt i oppsettet, så det kan ikke ses hvilket prosjekt en linje hører til.",
    },
    "no_project": {
        "en": "It has no project in the accounting system.",
        "nb": "Den har ikke noe prosjekt i regnskapssystemet.",
    },
    "project_unknown": {
        "en": "No project in Moment has its project number. Create it in Moment, or correct the line in accounting, and import again.",
        "nb": "Ingen prosjekter i Moment har prosjektnummeret. Opprett det i Moment, eller rett linjen i regnskapet, og importer igjen.",
    },
    "billability_unit_of_text": {
        "en": "The unit chosen for billability, 7 to 12, takes text, so no line can say 1 or 2 there. Choose one of the units 1 to 6 in the setup.",
        "nb": "Enheten som er valgt for fakturerbarhet, 7 til 12, tar tekst, så ingen linje kan si 1 eller 2 der. Velg en av enhetene 1 til 6 i oppsettet.",
    },
    "billability_not_told": {
        "en": "It says neither 1 (billable) nor 2 (not billable) in the unit chosen for billability.",
        "nb": "Den sier verken 1 (fakturerbar) eller 2 (ikke fakturerbar) i enheten som er valgt for fakturerbarhet.",
    },
    "reversed": {
        "en": "It was reversed in accounting before it was imported, so neither it nor its reversal comes in.",
        "nb": "Den ble tilbakeført i regnskapet før den ble importert, så verken den eller tilbakeføringen kommer inn.",
    },
    "reversal_of_unknown": {
        "en": "It takes back a line that was never imported.",
        "nb": "Den tilbakefører en linje som aldri ble importert.",
    },
    "excluded": {
        "en": "A person decided that it is not to be imported.",
        "nb": "En person har bestemt at den ikke skal importeres.",
    },
}


def render_ignored_reason(reason: str, language: str) -> str:
    """The sentence for a reason; the reason itself where there is none."""
    texts = IGNORED.get(reason)
    return texts["nb" if language == "nb" else "en"] if texts is not None else reason
