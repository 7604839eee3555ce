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
    "excluded": {
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
    "superseded": {
        "en": "Another amount was given for this month and project before this one was posted.",
        "nb": "Det ble oppgitt et annet beløp for måneden og prosjektet før dette ble bokført.",
    },
    "posted_already": {
        "en": "What was posted before for this month and project is this amount already.",
        "nb": "Det som er bokført tidligere for måneden og prosjektet, er allerede dette beløpet.",
    },
    "no_project_dimension": {
        "en": "No organisational unit is chosen for projects in the setup, so projects are not sent.",
        "nb": "Det er ikke valgt noen organisasjonsenhet for prosjekt i oppsettet, så prosjekter sendes ikke.",
    },
}


def render_reason(reason: str, language: str) -> str:
    """The sentence for a reason code; the code itself where there is none."""
    texts = REASONS.get(reason)
    return texts["nb" if language == "nb" else "en"] if texts is not None else reason
