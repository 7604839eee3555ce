"""Why something stays in Moment, as a sentence in both languages."""

REASONS = {
    "switch_off": {
        "en": "Transfer of this kind is switched off in the setup.",
        "nb": "Overføring av denne typen er slått av i oppsettet.",
    },
    "state_filtered": {
        "en": "Its state is not among those chosen in the setup.",
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
        "en": 'Moment says that the invoice has been transferred. Set it back to "To transfer" to have it looked at again.',
        "nb": "Moment sier at fakturaen er overført. Sett den tilbake til «Skal overføres» for å få den sett på igjen.",
    },
    "export_status_unknown": {
        "en": 'The invoice has an export status that Bilag does not know. Transfer it by hand, or set it to "To transfer".',
        "nb": "Fakturaen har en eksportstatus som Bilag ikke kjenner. Overfør den for hånd, eller sett den til «Skal overføres».",
    },
    "before_invoices_from": {
        "en": "The invoice was finalised before the first day of transfer in the setup. It can be transferred by hand.",
        "nb": "Fakturaen ble ferdigstilt før første overføringsdag i oppsettet. Den kan overføres for hånd.",
    },
    "kept_back": {
        "en": "A person decided that it is not to be transferred.",
        "nb": "En person har bestemt at den ikke skal overføres.",
    },
    "nothing_to_post": {
        "en": "The invoice has no amounts, so there is nothing to post.",
        "nb": "Fakturaen har ingen beløp, så det er ingenting å bokføre.",
    },
    "not_in_moment": {
        "en": "Moment has no such object.",
        "nb": "Moment har ikke noe slikt objekt.",
    },
    "other_number": {
        "en": "It has another number in Moment and is transferred under that one.",
        "nb": "Den har et annet nummer i Moment og overføres under det.",
    },
    "no_project_dimension": {
        "en": "No organisational unit is chosen for projects in the setup, so nothing of projects goes either way.",
        "nb": "Det er ikke valgt noen organisasjonsenhet for prosjekt i oppsettet, så ingenting om prosjekter går noen av veiene.",
    },
    "own_voucher": {
        "en": "Bilag posted it itself: it came from Moment and does not go back there.",
        "nb": "Bilag har selv bokført den: Den kom fra Moment og går ikke tilbake dit.",
    },
    "before_from_date": {
        "en": "Its voucher is dated before the first day of import in the setup.",
        "nb": "Bilaget er datert før første importdag i oppsettet.",
    },
    "account_not_above": {
        "en": "Its account is not above the lowest one that is imported, as the setup says.",
        "nb": "Kontoen er ikke høyere enn den laveste som importeres, slik oppsettet sier.",
    },
    "no_project": {
        "en": "No project is given on the line in accounting.",
        "nb": "Det er ikke oppgitt noe prosjekt på linjen i regnskapet.",
    },
    "project_unknown": {
        "en": "Moment has no project with the number on the line. Correct one of them, and import again.",
        "nb": "Moment har ikke noe prosjekt med nummeret på linjen. Rett en av dem, og importer på nytt.",
    },
    "billability_unit_of_text": {
        "en": "The billability dimension of the setup is one of the units 7–12, which tell nothing of billability.",
        "nb": "Dimensjonen for fakturerbarhet i oppsettet er en av enhetene 7–12, som ikke sier noe om fakturerbarhet.",
    },
    "billability_not_told": {
        "en": "The billability dimension of the line is neither 1 (billable) nor 2 (not billable).",
        "nb": "Dimensjonen for fakturerbarhet på linjen er verken 1 (fakturerbar) eller 2 (ikke fakturerbar).",
    },
    "reversed": {
        "en": "It was posted and taken back before it came in, so neither is imported.",
        "nb": "Den ble bokført og tilbakeført før den kom inn, så ingen av dem importeres.",
    },
    "reversal_of_unknown": {
        "en": "It takes back a line that was never imported.",
        "nb": "Den tilbakefører en linje som aldri ble importert.",
    },
}


def reason_told(reason: str, language: str) -> str:
    """The sentence for a reason code; the code itself where there is none."""
    texts = REASONS.get(reason)
    return texts["nb" if language == "nb" else "en"] if texts is not None else reason
