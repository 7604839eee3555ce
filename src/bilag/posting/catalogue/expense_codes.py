"""Problems of expenses that come back from accounting."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.posting.catalogue.entry import ACCOUNTING, AZETS, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

EXPENSE_CODES = (
    Entry(
        "expenses_switched_off",
        CONFIGURATION,
        BILAG,
        en=("Import of expenses is switched off.", "Switch on Import expenses in the setup, and choose the activity."),
        nb=(
            "Import av utlegg er slått av.",
            "Slå på Importer utlegg i oppsettet, og velg aktiviteten.",
        ),
    ),
    Entry(
        "expenses_not_live",
        CONFIGURATION,
        BILAG,
        en=("The company is not live, so nothing is imported.", "Check the connection and switch it on in the setup."),
        nb=("Firmaet er ikke i drift, så ingenting importeres.", "Kontroller tilkoblingen og slå på i oppsettet."),
    ),
    Entry(
        "import_interrupted",
        TRANSIENT,
        BILAG,
        en=(
            "The import was interrupted.",
            "Nothing to do: the next import goes on where it stopped, and nothing comes in twice.",
        ),
        nb=(
            "Importen ble avbrutt.",
            "Du trenger ikke gjøre noe: Neste import fortsetter der den stoppet, og ingenting kommer inn to ganger.",
        ),
    ),
    Entry(
        "expense_line_unreadable",
        PERMANENT,
        AZETS,
        en=(
            "The posted line {place} in the report cannot be read: {why}.",
            "Ask Azets to mend the report, or enter the cost in Moment by hand and press Do not import. The other lines came in.",
        ),
        nb=(
            "Den bokførte linjen {place} i rapporten kan ikke leses: {why}.",
            "Be Azets rette rapporten, eller før kostnaden i Moment for hånd og trykk Ikke importer. De andre linjene kom inn.",
        ),
    ),
    Entry(
        "activity_closed",
        PERMANENT,
        MOMENT,
        en=(
            "The activity {activity} on project {project} is closed.",
            "Open it in Moment, or choose another activity in the setup. The line comes in at the next import.",
        ),
        nb=(
            "Aktiviteten {activity} på prosjekt {project} er avsluttet.",
            "Åpne den i Moment, eller velg en annen aktivitet i oppsettet. Linjen kommer inn ved neste import.",
        ),
    ),
    Entry(
        "expense_gone",
        PERMANENT,
        MOMENT,
        en=(
            "The expense is not in Moment any more, so its document has nowhere to go.",
            "If somebody deleted it by mistake, enter it by hand: Bilag never makes an expense twice.",
        ),
        nb=(
            "Utlegget finnes ikke lenger i Moment, så dokumentet har ingen plass.",
            "Ble det slettet ved en feil, før det for hånd: Bilag lager aldri et utlegg to ganger.",
        ),
    ),
    Entry(
        "expense_reversed_after_invoicing",
        PERMANENT,
        MOMENT,
        en=(
            "Accounting took back the posted line {first}[ of {supplier}] ({net}), but its expense on project {project} was invoiced already.",
            "A negative expense was made. See whether the customer is to be credited, then press It is dealt with.",
        ),
        nb=(
            "Regnskapet har tilbakeført den bokførte linjen {first}[ fra {supplier}] ({net}), men utlegget på prosjekt {project} er allerede fakturert.",
            "Det er laget et negativt utlegg. Vurder om kunden skal krediteres, og trykk så Det er ordnet.",
        ),
    ),
    Entry(
        "expense_document_too_large",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The document {document} is larger than {limit} MB and was left in accounting.",
            "Look at it there, or attach a smaller one to the expense in Moment.",
        ),
        nb=(
            "Dokumentet {document} er større enn {limit} MB og ble igjen i regnskapet.",
            "Se på det der, eller legg ved et mindre på utlegget i Moment.",
        ),
    ),
    Entry(
        "expense_document_empty",
        PERMANENT,
        ACCOUNTING,
        en=("The document {document} is empty in accounting.", "Attach the receipt to the expense in Moment by hand."),
        nb=(
            "Dokumentet {document} er tomt i regnskapet.",
            "Legg bilaget ved utlegget i Moment for hånd.",
        ),
    ),
    Entry(
        "expense_document_type",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The document {document} is neither a PDF nor a picture and was left in accounting.",
            "Nothing to do, if the PDF came along. Else attach it to the expense in Moment by hand.",
        ),
        nb=(
            "Dokumentet {document} er verken en PDF eller et bilde og ble igjen i regnskapet.",
            "Du trenger ikke gjøre noe hvis PDF-en kom med. Ellers legger du den ved utlegget i Moment for hånd.",
        ),
    ),
)
