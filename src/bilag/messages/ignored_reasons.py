"""Why Bilag does not import a posted line as an expense, as a sentence in both languages."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.accounting_system import spoken_of

IGNORED = {
    "own_voucher": {
        "en": "The line belongs to an invoice or voucher from Moment.",
        "nb": "Linjen hører til en faktura eller et bilag fra Moment.",
    },
    "before_from_date": {
        "en": "The voucher is dated before the first day of import in the setup.",
        "nb": "Bilaget er datert før første dag for import i oppsettet.",
    },
    "account_not_above": {
        "en": "The account is not above the limit in the setup, so the line is not a project cost.",
        "nb": "Kontoen er ikke over grensen i oppsettet, så linjen er ikke en prosjektkostnad.",
    },
    "no_project_dimension": {
        "en": "No organisational unit is selected for projects in the setup, so Bilag cannot find the project of a line.",
        "nb": "Ingen organisasjonsenhet er valgt for prosjekt i oppsettet, så Bilag kan ikke finne prosjektet til en linje.",
    },
    "no_project": {
        "en": "The line has no project in <system>.",
        "nb": "Linjen har ikke noe prosjekt i <system>.",
    },
    "project_unknown": {
        "en": "The project number of the line does not exist in Moment. Create the project in Moment, or correct the line in <system>, then import again.",
        "nb": "Prosjektnummeret på linjen finnes ikke i Moment. Opprett prosjektet i Moment, eller rett linjen i <system>, og importer igjen.",
    },
    "billability_unit_of_text": {
        "en": "The unit selected for billability (7 to 12) contains text, so no line can have 1 or 2 there. Select one of the units 1 to 6 in the setup.",
        "nb": "Enheten som er valgt for fakturerbarhet (7 til 12), inneholder tekst, så ingen linje kan ha 1 eller 2 der. Velg en av enhetene 1 til 6 i oppsettet.",
    },
    "billability_not_told": {
        "en": "The line has neither 1 (billable) nor 2 (not billable) in the unit selected for billability.",
        "nb": "Linjen har verken 1 (fakturerbar) eller 2 (ikke fakturerbar) i enheten som er valgt for fakturerbarhet.",
    },
    "reversed": {
        "en": "The line was reversed in <system> before it was imported, so neither the line nor its reversal is imported.",
        "nb": "Linjen ble reversert i <system> før den ble importert, så verken linjen eller reverseringen importeres.",
    },
    "reversal_of_unknown": {
        "en": "The line reverses a line that was never imported.",
        "nb": "Linjen reverserer en linje som aldri ble importert.",
    },
    "reverses_excluded": {
        "en": "The line reverses a line that a user has excluded from import.",
        "nb": "Linjen reverserer en linje som en bruker har bestemt at ikke skal importeres.",
    },
    "excluded": {
        "en": "A user has excluded the line from import.",
        "nb": "En bruker har bestemt at linjen ikke skal importeres.",
    },
}


def render_ignored_reason(reason: str, language: str) -> str:
    """Render a reason as a sentence. A code without a sentence stays as it is."""
    texts = IGNORED.get(reason)
    return spoken_of().put_into(texts["nb" if language == "nb" else "en"], language) if texts is not None else reason
