"""Why something in Moment is not transferred, as a sentence in both languages."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

REASONS = {
    "switch_off": {
        "en": "Transfer of this kind is switched off in the setup.",
        "nb": "Overføring av denne typen er slått av i oppsettet.",
    },
    "state_filtered": {
        "en": "Its state is not among those selected in the setup.",
        "nb": "Statusen er ikke blant dem som er valgt i oppsettet.",
    },
    "not_finalized": {
        "en": "The invoice is not finalised in Moment yet.",
        "nb": "Fakturaen er ikke ferdigstilt i Moment ennå.",
    },
    "do_not_transfer": {
        "en": 'The invoice is set to "Do not transfer to accounting" in Moment.',
        "nb": "Fakturaen er satt til «Ikke overfør til regnskap» i Moment.",
    },
    "already_transferred": {
        "en": 'The invoice is marked as transferred in Moment. Set it back to "To transfer" if Bilag is to check it again.',
        "nb": "Fakturaen er merket som overført i Moment. Sett den tilbake til «Skal overføres» hvis Bilag skal kontrollere den på nytt.",
    },
    "export_status_unknown": {
        "en": 'Bilag does not recognise the export status of the invoice. Transfer the invoice manually, or set it to "To transfer" in Moment.',
        "nb": "Bilag gjenkjenner ikke eksportstatusen på fakturaen. Overfør fakturaen manuelt, eller sett den til «Skal overføres» i Moment.",
    },
    "before_invoices_from": {
        "en": "The invoice was finalised before the first day of automatic transfer in the setup. You can transfer it manually.",
        "nb": "Fakturaen ble ferdigstilt før første dag for automatisk overføring i oppsettet. Du kan overføre den manuelt.",
    },
    "excluded": {
        "en": "A user has excluded it from accounting.",
        "nb": "En bruker har bestemt at den ikke skal overføres.",
    },
    "cancelled_before_posting": {
        "en": "The invoice was cancelled by a credit note before it was posted, and a user has closed both. Neither is posted. To open both again, select Retry.",
        "nb": "Fakturaen ble kreditert før den ble bokført, og en bruker har avsluttet begge. Ingen av dem bokføres. Velg Prøv igjen for å åpne begge på nytt.",
    },
    "nothing_to_post": {
        "en": "The invoice has no amounts, so there is nothing to post.",
        "nb": "Fakturaen har ingen beløp, så det er ingenting å bokføre.",
    },
    "not_in_moment": {
        "en": "It was not found in Moment.",
        "nb": "Den ble ikke funnet i Moment.",
    },
    "other_number": {
        "en": "It has another number in Moment, and is transferred with that number.",
        "nb": "Den har et annet nummer i Moment og overføres med det nummeret.",
    },
    "superseded": {
        "en": "Another amount for this month and project replaced this one before it was posted.",
        "nb": "Et annet beløp for måneden og prosjektet erstattet dette før det ble bokført.",
    },
    "posted_already": {
        "en": "This amount is already posted for this month and project.",
        "nb": "Beløpet er allerede bokført for måneden og prosjektet.",
    },
    "no_project_dimension": {
        "en": "No organisational unit is selected for projects in the setup, so projects are not sent.",
        "nb": "Ingen organisasjonsenhet er valgt for prosjekt i oppsettet, så prosjekter sendes ikke.",
    },
    "ledger_changed": {
        "en": "The company has changed to another ledger since this amount was given. Give the amount again for the new ledger.",
        "nb": "Firmaet har byttet til et annet regnskap etter at beløpet ble oppgitt. Oppgi beløpet på nytt for det nye regnskapet.",
    },
    "source_changed": {
        "en": "It belongs to a company in Moment that is no longer used. Nothing more of that company is transferred.",
        "nb": "Den hører til et firma i Moment som ikke lenger brukes. Ingenting mer fra det firmaet overføres.",
    },
}


def render_reason(reason: str, language: str) -> str:
    """Render a reason as a sentence. A code without a sentence stays as it is."""
    texts = REASONS.get(reason)
    return texts["nb" if language == "nb" else "en"] if texts is not None else reason
