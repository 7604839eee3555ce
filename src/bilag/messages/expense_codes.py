"""Problems of expenses: posted lines, their documents, and their import into Moment. Codes of the hub and of Bilag."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

POSTED = (
    Entry(
        "report_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "The report[ {value}] does not exist in <system>, so no expenses are imported. Invoices are not affected.",
            "Correct the report name in the setup, or leave the field blank to use the standard report.",
        ),
        nb=(
            "Rapporten[ {value}] finnes ikke i <system>, så ingen utlegg importeres. Fakturaer påvirkes ikke.",
            "Rett rapportnavnet i oppsettet, eller la feltet stå tomt for å bruke standardrapporten.",
        ),
    ),
    Entry(
        "expense_line_unreadable",
        PERMANENT,
        ACCOUNTING,
        en=(
            "Bilag cannot read [posted line {line}|a posted line] from <system>[: {why}]. The other lines are imported.",
            'Check the line in <system>. If it is a project cost, register it manually in Moment and select "Do not import" here. Report the fault to your Bilag administrator.',
        ),
        nb=(
            "Bilag kan ikke lese [bokført linje {line}|en bokført linje] fra <system>[: {why_nb}]. De andre linjene importeres.",
            "Kontroller linjen i <system>. Er den en prosjektkostnad, registrerer du den manuelt i Moment og velger «Ikke importer» her. Meld feilen til driftsansvarlig for Bilag.",
        ),
    ),
    Entry(
        "expense_reversed_after_invoicing",
        PERMANENT,
        MOMENT,
        en=(
            "The cost[ on voucher {voucher}][, {amount} {currency},] was reversed in <system> after its expense[ on project {project}] was invoiced in Moment. Bilag has imported a negative expense.",
            'Decide in Moment whether to credit the customer: invoice the negative expense, or set it to not billable. Then select "Mark as resolved".',
        ),
        nb=(
            "Kostnaden[ på bilag {voucher}][, {amount} {currency},] ble reversert i <system> etter at utlegget[ på prosjekt {project}] var fakturert i Moment. Bilag har importert et negativt utlegg.",
            "Avgjør i Moment om kunden skal krediteres: fakturer det negative utlegget, eller sett det til ikke fakturerbart. Velg deretter «Merk som løst».",
        ),
    ),
    Entry(
        "expense_doubled",
        PERMANENT,
        MOMENT,
        en=(
            "Bilag created the same expense more than once in Moment[ on project {project}][: {expense} and {others}].",
            'Keep [expense {expense}|one of them] in Moment and delete [expense {others}|the others]. If one that you would delete is already on an invoice, credit it to the customer first. Then select "Mark as resolved".',
        ),
        nb=(
            "Bilag opprettet det samme utlegget flere ganger i Moment[ på prosjekt {project}][: {expense} og {others}].",
            "Behold [utlegg {expense}|ett av dem] i Moment, og slett [utlegg {others}|de andre]. Er et som skal slettes, allerede fakturert, krediterer du det først til kunden. Velg deretter «Merk som løst».",
        ),
    ),
    Entry(
        "expense_of_other_ledger",
        PERMANENT,
        MOMENT,
        en=(
            "The line is from a ledger that is no longer selected in the setup, so Bilag does not import it.[ Bilag sent it to Moment before the change, with external key {key}, but got no answer, so Moment may have it.]",
            'Check in Moment whether the cost is registered[ (external key {key})]. If it is missing and belongs to a project, register it manually. Then select "Do not import". If the setup names the wrong ledger, correct the setup, and the next import includes the line.',
        ),
        nb=(
            "Linjen er fra et regnskap som ikke lenger er valgt i oppsettet, så Bilag importerer den ikke.[ Bilag sendte den til Moment før endringen, med ekstern nøkkel {key}, men fikk ikke svar, så Moment kan ha den.]",
            "Kontroller i Moment om kostnaden er registrert[ (ekstern nøkkel {key})]. Mangler den, og hører den til et prosjekt, registrerer du den manuelt. Velg deretter «Ikke importer». Er feil regnskap valgt i oppsettet, retter du oppsettet, og neste import tar med linjen.",
        ),
    ),
    Entry(
        "expense_of_other_moment",
        PERMANENT,
        MOMENT,
        en=(
            "The line was to be imported to a company in Moment that is no longer selected in the setup.[ Bilag sent it there with external key {key}, but got no answer, so it may be there.]",
            'Check whether the cost is registered in the company in Moment that is selected now. If it is missing and belongs to a project, register it manually. Then select "Do not import". If the setup names the wrong company in Moment, correct the setup, and the next import includes the line.',
        ),
        nb=(
            "Linjen skulle importeres til et firma i Moment som ikke lenger er valgt i oppsettet.[ Bilag sendte den dit med ekstern nøkkel {key}, men fikk ikke svar, så den kan være der.]",
            "Kontroller om kostnaden er registrert i det firmaet i Moment som er valgt nå. Mangler den, og hører den til et prosjekt, registrerer du den manuelt. Velg deretter «Ikke importer». Er feil firma i Moment valgt i oppsettet, retter du oppsettet, og neste import tar med linjen.",
        ),
    ),
    Entry(
        "expense_repeated_after_invoicing",
        PERMANENT,
        MOMENT,
        en=(
            "The cost[ on voucher {voucher}][, {amount} {currency},] was reversed in <system>, and the reversal was reversed too. Its expense[ on project {project}] was invoiced in Moment already. Bilag has imported the cost as a second expense.",
            'Check in Moment whether the customer was credited for the reversal. If so, invoice the second expense. If not, set the negative and the second expense to not billable, because the customer was invoiced for the first. Then select "Mark as resolved".',
        ),
        nb=(
            "Kostnaden[ på bilag {voucher}][, {amount} {currency},] ble reversert i <system>, og så ble reverseringen reversert. Utlegget[ på prosjekt {project}] var allerede fakturert i Moment. Bilag har importert kostnaden som et nytt utlegg.",
            "Kontroller i Moment om kunden ble kreditert for reverseringen. I så fall fakturerer du det nye utlegget. Hvis ikke, setter du både det negative og det nye utlegget til ikke fakturerbart, fordi kunden allerede er fakturert for det første. Velg deretter «Merk som løst».",
        ),
    ),
)

DOCUMENTS = (
    Entry(
        "document_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] was not found in <system>, so the expense was imported without it.",
            'Look for the document on the voucher in <system>, and attach it to the expense in Moment. If the document is there, tell your Bilag administrator. Then select "Mark as resolved".',
        ),
        nb=(
            "[Dokument {value}|Dokumentet] ble ikke funnet i <system>, så utlegget ble importert uten det.",
            "Se etter dokumentet på bilaget i <system>, og legg det ved utlegget i Moment. Si fra til driftsansvarlig for Bilag hvis dokumentet ligger der. Velg deretter «Merk som løst».",
        ),
    ),
    Entry(
        "document_too_large",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] is too large[. The limit is {limit}].",
            'Save the document in a smaller size, for example with a lower resolution, and attach it manually. Then select "Mark as resolved".',
        ),
        nb=(
            "[Dokument {value}|Dokumentet] er for stort[. Grensen er {limit}].",
            "Lagre dokumentet i mindre størrelse, for eksempel med lavere oppløsning, og legg det ved manuelt. Velg deretter «Merk som løst».",
        ),
    ),
    Entry(
        "document_empty",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] is empty in <system>, so the expense was imported without it.",
            'Scan or upload the document again in <system>, and attach it to the expense in Moment. Then select "Mark as resolved".',
        ),
        nb=(
            "[Dokument {value}|Dokumentet] er tomt i <system>, så utlegget ble importert uten det.",
            "Skann eller last opp dokumentet på nytt i <system>, og legg det ved utlegget i Moment. Velg deretter «Merk som løst».",
        ),
    ),
    Entry(
        "document_type_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] is neither a PDF nor an image[ (its type is {type})], so the expense was imported without it.",
            "Open the document in <system>, save it as PDF, and attach it to the expense in Moment.",
        ),
        nb=(
            "[Dokument {value}|Dokumentet] er verken en PDF eller et bilde[ (typen er {type})], så utlegget ble importert uten det.",
            "Åpne dokumentet i <system>, lagre det som PDF, og legg det ved utlegget i Moment.",
        ),
    ),
    Entry(
        "expense_document_refused",
        PERMANENT,
        MOMENT,
        en=(
            "Moment rejected the document[ {file}] of the expense[ (HTTP {status})].",
            'Correct what the message from Moment describes, and attach the document to the expense manually in Moment. Then select "Mark as resolved".',
        ),
        nb=(
            "Moment avviste dokumentet[ {file}] til utlegget[ (HTTP {status})].",
            "Rett det som meldingen fra Moment beskriver, og legg dokumentet ved utlegget manuelt i Moment. Velg deretter «Merk som løst».",
        ),
    ),
)

IN_MOMENT = (
    Entry(
        "expense_refused",
        PERMANENT,
        MOMENT,
        en=(
            "Moment rejected the expense[ on project {project}][ (HTTP {status})].",
            "Correct what the message from Moment describes, then retry. Check that the project accepts expenses, and that the user of the API key can register them.",
        ),
        nb=(
            "Moment avviste utlegget[ på prosjekt {project}][ (HTTP {status})].",
            "Rett det som meldingen fra Moment beskriver, og prøv igjen. Kontroller at prosjektet godtar utlegg, og at brukeren bak API-nøkkelen kan registrere dem.",
        ),
    ),
    Entry(
        "expense_gone",
        PERMANENT,
        MOMENT,
        en=(
            "The expense[ {expense}] no longer exists in Moment. Somebody may have deleted it.",
            'If it was not deleted on purpose, register it manually in Moment: Bilag imports a posted line only once. Then select "Mark as resolved".',
        ),
        nb=(
            "Utlegget[ {expense}] finnes ikke lenger i Moment. Noen kan ha slettet det.",
            "Ble det ikke slettet med vilje, registrerer du det manuelt i Moment: Bilag importerer en bokført linje bare én gang. Velg deretter «Merk som løst».",
        ),
    ),
    Entry(
        "activity_closed",
        PERMANENT,
        MOMENT,
        en=(
            "The activity[ {activity}] for imported expenses is closed[ on project {project}].",
            "Open the activity in Moment, or enter another activity in the setup, then retry.",
        ),
        nb=(
            "Aktiviteten[ {activity}] for importerte utlegg er lukket[ på prosjekt {project}].",
            "Åpne aktiviteten i Moment, eller oppgi en annen aktivitet i oppsettet, og prøv igjen.",
        ),
    ),
    Entry(
        "activity_refused",
        PERMANENT,
        MOMENT,
        en=(
            "Moment did not allow Bilag to create the activity[ {activity}][ on project {project}][ (HTTP {status})].",
            "Create the activity on the project in Moment, then retry. Check that the user of the API key can create activities.",
        ),
        nb=(
            "Moment tillot ikke at Bilag opprettet aktiviteten[ {activity}][ på prosjekt {project}][ (HTTP {status})].",
            "Opprett aktiviteten på prosjektet i Moment, og prøv igjen. Kontroller at brukeren bak API-nøkkelen kan opprette aktiviteter.",
        ),
    ),
)

IMPORTS = (
    Entry(
        "expenses_switched_off",
        CONFIGURATION,
        BILAG,
        en=(
            "Import of expenses is switched off.",
            "Switch on import of expenses in the setup, and select the activity.",
        ),
        nb=("Import av utlegg er slått av.", "Slå på import av utlegg i oppsettet, og velg aktiviteten."),
    ),
    Entry(
        "expenses_not_supported",
        CONFIGURATION,
        BILAG,
        en=(
            "Bilag cannot import expenses from <system>.",
            "Switch off import of expenses in the setup. Invoices are not affected.",
        ),
        nb=(
            "Bilag kan ikke importere utlegg fra <system>.",
            "Slå av import av utlegg i oppsettet. Fakturaer påvirkes ikke.",
        ),
    ),
    Entry(
        "expenses_not_live",
        CONFIGURATION,
        BILAG,
        en=(
            "The integration is switched off, so no expenses are imported.",
            "Check the connection and switch on the integration in the setup.",
        ),
        nb=(
            "Integrasjonen er slått av, så ingen utlegg importeres.",
            "Kontroller tilkoblingen, og slå på integrasjonen i oppsettet.",
        ),
    ),
    Entry(
        "import_interrupted",
        TRANSIENT,
        BILAG,
        en=(
            "The import was interrupted.",
            "You do not need to do anything: the next import continues where this one stopped, and nothing is imported twice.",
        ),
        nb=(
            "Importen ble avbrutt.",
            "Du trenger ikke gjøre noe: neste import fortsetter der denne stoppet, og ingenting importeres to ganger.",
        ),
    ),
)

EXPENSE_CODES = (*POSTED, *DOCUMENTS, *IN_MOMENT, *IMPORTS)
