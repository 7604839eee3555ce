"""Problems of expenses: of posted lines and their documents, and of what Moment makes of them. The hub's codes and our own."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, AZETS, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

POSTED = (
    Entry(
        "report_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "There is no report[ named {value}] in the accounting system, so no expenses are imported. Invoices go on.",
            "Correct the report name in the setup, or leave it blank for the standard report.",
        ),
        nb=(
            "Det finnes ingen rapport[ med navnet {value}] i regnskapssystemet, så ingen utlegg importeres. Fakturaer går som før.",
            "Rett rapportnavnet i oppsettet, eller la det stå tomt for standardrapporten.",
        ),
    ),
    Entry(
        "expense_line_unreadable",
        PERMANENT,
        AZETS,
        en=(
            "[Posted line {line}|A posted line] in the report from Azets cannot be read[: {why}]. The other lines come in.",
            "Look at the line in the accounting system. If it is a cost of a project, enter it in Moment by hand and press Do not import here. Tell Azets what is wrong with the report.",
        ),
        nb=(
            "[Bokført linje {line}|En bokført linje] i rapporten fra Azets kan ikke leses[: {why_nb}]. De andre linjene kommer inn.",
            "Se på linjen i regnskapssystemet. Er den en kostnad på et prosjekt, fører du den i Moment for hånd og trykker Ikke importer her. Si fra til Azets om hva som er galt med rapporten.",
        ),
    ),
    Entry(
        "expense_reversed_after_invoicing",
        PERMANENT,
        MOMENT,
        en=(
            "The cost[ on voucher {voucher}][, {amount} {currency},] was reversed in accounting after its expense[ on project {project}] had been invoiced in Moment. A negative expense was imported for it.",
            "Decide in Moment whether the customer is to be credited: invoice the negative expense, or set it to not billable. Then press It is dealt with.",
        ),
        nb=(
            "Kostnaden[ på bilag {voucher}][, {amount} {currency},] ble tilbakeført i regnskapet etter at utlegget[ på prosjekt {project}] var fakturert i Moment. Et negativt utlegg er importert for den.",
            "Avgjør i Moment om kunden skal krediteres: fakturer det negative utlegget, eller sett det til ikke fakturerbart. Trykk så Det er ordnet.",
        ),
    ),
)

DOCUMENTS = (
    Entry(
        "document_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] does not exist in the accounting system, so the expense came without it.",
            "Look for the document at the voucher in the accounting system, and add it to the expense in Moment. If it is there, tell Azets.",
        ),
        nb=(
            "[Dokument {value}|Dokumentet] finnes ikke i regnskapssystemet, så utlegget kom uten det.",
            "Se etter dokumentet på bilaget i regnskapssystemet, og legg det ved utlegget i Moment. Ligger det der, sier du fra til Azets.",
        ),
    ),
    Entry(
        "document_too_large",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] is too large[; at most {limit} are taken].",
            "Save the document smaller, for example with fewer dots an inch, and attach it by hand.",
        ),
        nb=(
            "[Dokument {value}|Dokumentet] er for stort[; høyst {limit} tas imot].",
            "Lagre dokumentet mindre, for eksempel med lavere oppløsning, og legg det ved for hånd.",
        ),
    ),
    Entry(
        "document_empty",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] is empty in the accounting system, so the expense came without it.",
            "Have the document scanned or uploaded anew in the accounting system, and add it to the expense in Moment.",
        ),
        nb=(
            "[Dokument {value}|Dokumentet] er tomt i regnskapssystemet, så utlegget kom uten det.",
            "Få dokumentet skannet eller lastet opp på nytt i regnskapssystemet, og legg det ved utlegget i Moment.",
        ),
    ),
    Entry(
        "document_type_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Document {value}|The document] is neither a PDF nor a picture[ (it is called {type})], so the expense came without it.",
            "Open the document in the accounting system, save it as PDF, and add it to the expense in Moment.",
        ),
        nb=(
            "[Dokument {value}|Dokumentet] er verken en PDF eller et bilde[ (det kaller seg {type})], så utlegget kom uten det.",
            "Åpne dokumentet i regnskapssystemet, lagre det som PDF, og legg det ved utlegget i Moment.",
        ),
    ),
    Entry(
        "expense_document_refused",
        PERMANENT,
        MOMENT,
        en=(
            "Moment did not take the document[ {file}] of the expense[ (HTTP {status})].",
            "Read Moment's own words, mend what they name, then retry; or add the document to the expense in Moment by hand.",
        ),
        nb=(
            "Moment tok ikke imot dokumentet[ {file}] til utlegget[ (HTTP {status})].",
            "Les Moments egne ord, rett det de viser til, og prøv igjen; eller legg dokumentet ved utlegget i Moment for hånd.",
        ),
    ),
)

IN_MOMENT = (
    Entry(
        "expense_refused",
        PERMANENT,
        MOMENT,
        en=(
            "Moment did not take the expense[ on project {project}][ (HTTP {status})].",
            "Read Moment's own words, mend what they name, then retry. Look whether the project takes expenses, and whether the API key's user may enter them.",
        ),
        nb=(
            "Moment tok ikke imot utlegget[ på prosjekt {project}][ (HTTP {status})].",
            "Les Moments egne ord, rett det de viser til, og prøv igjen. Se om prosjektet tar imot utlegg, og om brukeren bak API-nøkkelen kan føre dem.",
        ),
    ),
    Entry(
        "expense_gone",
        PERMANENT,
        MOMENT,
        en=(
            "The expense[ {expense}] is no longer in Moment; somebody may have deleted it.",
            "Nothing to do if it was deleted on purpose. Otherwise enter it in Moment by hand: Bilag imports a posted line only once.",
        ),
        nb=(
            "Utlegget[ {expense}] finnes ikke lenger i Moment; noen kan ha slettet det.",
            "Du trenger ikke gjøre noe hvis det ble slettet med vilje. Ellers fører du det i Moment for hånd: Bilag importerer en bokført linje bare én gang.",
        ),
    ),
    Entry(
        "project_unknown",
        PERMANENT,
        MOMENT,
        en=(
            "[Project {project}|The project] does not exist in Moment.",
            "Correct the project on the line in the accounting system, or create the project in Moment with exactly this number, then import again.",
        ),
        nb=(
            "[Prosjekt {project}|Prosjektet] finnes ikke i Moment.",
            "Rett prosjektet på linjen i regnskapssystemet, eller opprett prosjektet i Moment med nøyaktig dette nummeret, og importer igjen.",
        ),
    ),
    Entry(
        "activity_closed",
        PERMANENT,
        MOMENT,
        en=(
            "The activity[ {activity}] for imported expenses is closed[ on project {project}].",
            "Open the activity in Moment, or name another activity in the setup, then retry.",
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
            "Moment did not let Bilag create the activity[ {activity}][ on project {project}][ (HTTP {status})].",
            "Create the activity on the project in Moment yourself, then retry. Look whether the API key's user may create activities.",
        ),
        nb=(
            "Moment lot ikke Bilag opprette aktiviteten[ {activity}][ på prosjekt {project}][ (HTTP {status})].",
            "Opprett aktiviteten på prosjektet i Moment selv, og prøv igjen. Se om brukeren bak API-nøkkelen kan opprette aktiviteter.",
        ),
    ),
)

IMPORTS = (
    Entry(
        "expenses_switched_off",
        CONFIGURATION,
        BILAG,
        en=("Import of expenses is switched off.", "Switch on Import expenses in the setup, and choose the activity."),
        nb=("Import av utlegg er slått av.", "Slå på Importer utlegg i oppsettet, og velg aktiviteten."),
    ),
    Entry(
        "expenses_not_supported",
        CONFIGURATION,
        BILAG,
        en=(
            "Bilag cannot read expenses back from this accounting system.",
            "Switch off Import expenses in the setup. Invoices have nothing to do with it.",
        ),
        nb=(
            "Bilag kan ikke lese utlegg tilbake fra dette regnskapssystemet.",
            "Slå av Importer utlegg i oppsettet. Fakturaer har ikke noe med det å gjøre.",
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
)

EXPENSE_CODES = (*POSTED, *DOCUMENTS, *IN_MOMENT, *IMPORTS)
