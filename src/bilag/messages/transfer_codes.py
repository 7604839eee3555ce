"""Problems of a transfer: duplicate numbers, unknown outcomes, differences, errors in Bilag. Bilag's own codes, but for one."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

TRANSFER_CODES = (
    Entry(
        "not_in_moment",
        PERMANENT,
        MOMENT,
        en=(
            "[{kind} {number}|The number] was not found in Moment.",
            'Check the number. If it is wrong, select "Do not transfer" on it in Bilag. If it is correct, check in Moment that the user of the API key has access to it, then retry.',
        ),
        nb=(
            "[{kind} {number}|Nummeret] ble ikke funnet i Moment.",
            "Kontroller nummeret. Er det feil, velger du «Ikke overfør» på det i Bilag. Er det riktig, kontrollerer du i Moment at brukeren bak API-nøkkelen har tilgang, og prøver igjen.",
        ),
    ),
    Entry(
        "changed_after_posting",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice was changed in Moment after it was posted[: the total is now {total_now}, but {total_posted} is posted][. Changed: {fields}].",
            'Bilag does not change a posted voucher. Set the invoice back in Moment to what is posted. If the change is to stand, then credit the invoice and create a new one: Bilag posts both. If the invoice cannot be set back, set it to "Do not transfer" in Moment and correct the difference in <system>.',
        ),
        nb=(
            "Fakturaen ble endret i Moment etter at den var bokført[: totalbeløpet er nå {total_now}, men {total_posted} er bokført][. Endret: {fields}].",
            "Bilag endrer ikke et bokført bilag. Sett fakturaen i Moment tilbake til det som er bokført. Skal endringen gjelde, krediterer du deretter fakturaen og lager en ny: Bilag bokfører begge. Kan fakturaen ikke settes tilbake, setter du den til «Ikke overfør» i Moment og retter differansen i <system>.",
        ),
    ),
    Entry(
        "posted_in_former_ledger",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is posted in the earlier ledger[ {ledger}][, in journal {journal}], and is not sent to another one.",
            'Set the invoice to "Has been transferred" in Moment. If it must also stand in the new ledger, post it there manually.',
        ),
        nb=(
            "Fakturaen er bokført i det tidligere regnskapet[ {ledger}][, i journal {journal}], og sendes ikke til et annet.",
            "Sett fakturaen til «Er overført» i Moment. Skal den også stå i det nye regnskapet, bokfører du den manuelt der.",
        ),
    ),
    Entry(
        "credited_invoice_not_posted",
        PERMANENT,
        MOMENT,
        en=(
            "The credit note is on hold because [invoice {credited}|the invoice], which it credits, is not posted.[ Reason: {cause}]",
            'If neither is to be posted, select "Close with credit note" on this page. If the invoice is to be posted, correct it and retry it, or post it manually and set it to "Do not transfer" in Moment: Bilag then continues with the credit note automatically.',
        ),
        nb=(
            "Kreditnotaen er satt på vent fordi [faktura {credited}|fakturaen], som den krediterer, ikke er bokført.[ Årsak: {cause}]",
            "Skal ingen av dem bokføres, velger du «Avslutt med kreditnota» på denne siden. Skal fakturaen bokføres, retter du den og prøver den igjen, eller bokfører den manuelt og setter den til «Ikke overfør» i Moment: Bilag fortsetter deretter automatisk med kreditnotaen.",
        ),
    ),
    Entry(
        "former_ledger_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The voucher was sent to the earlier ledger[ {ledger}], the answer was lost, and Bilag can no longer look it up there.",
            'Look for voucher [{number}|the voucher] in that ledger, and post it manually if it is missing. Then select "Do not transfer" on it in Bilag.',
        ),
        nb=(
            "Bilaget ble sendt til det tidligere regnskapet[ {ledger}], svaret gikk tapt, og Bilag kan ikke lenger slå det opp der.",
            "Let etter bilag [{number}|bilaget] i det regnskapet, og bokfør det manuelt hvis det mangler. Velg deretter «Ikke overfør» på den i Bilag.",
        ),
    ),
    Entry(
        "former_ledger_unposted",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The invoice is stored in the earlier ledger[ {ledger}], but not posted there.",
            "Post or delete voucher [{number}|it] in that ledger, then retry. Bilag posts nothing more there.",
        ),
        nb=(
            "Fakturaen ligger i det tidligere regnskapet[ {ledger}], men er ikke bokført der.",
            "Bokfør eller slett bilag [{number}|det] i det regnskapet, og prøv igjen. Bilag bokfører ikke mer der.",
        ),
    ),
    Entry(
        "doubt_in_former_source",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The company changed to another company in Moment while it was not known whether [{number}|this] was posted.",
            'Look for voucher [{number}|the voucher] in <system>, and post it manually if it is missing. Then select "Do not transfer" on it in Bilag.',
        ),
        nb=(
            "Firmaet byttet til et annet firma i Moment mens det var uavklart om [{number}|dette] var bokført.",
            "Let etter bilag [{number}|bilaget] i <system>, og bokfør det manuelt hvis det mangler. Velg deretter «Ikke overfør» på den i Bilag.",
        ),
    ),
    Entry(
        "voucher_number_taken",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Voucher number {number}|The voucher number] is already used in <system>[, in journal {journal},] by a voucher that Bilag did not post.",
            'Check that voucher. If it is this invoice, posted manually, set the invoice to "Do not transfer" in Moment. If it is another voucher, reverse it, post it with another number, then retry.',
        ),
        nb=(
            "[Bilagsnummer {number}|Bilagsnummeret] er allerede brukt i <system>[, i journal {journal},] av et bilag som Bilag ikke har bokført.",
            "Kontroller bilaget. Er det denne fakturaen, bokført manuelt, setter du fakturaen til «Ikke overfør» i Moment. Er det et annet bilag, reverserer du det, bokfører det med et annet nummer og prøver igjen.",
        ),
    ),
    Entry(
        "duplicate_content",
        PERMANENT,
        ACCOUNTING,
        en=(
            "<System> already has this invoice number from Bilag, with other content[ (batch {batch})].",
            "Compare the voucher in <system> with the invoice in Moment. Bilag does not send the invoice again. If the voucher is not posted, delete it in <system>, then retry. If it is posted, retry: Bilag reads the voucher and posts nothing.",
        ),
        nb=(
            "<System> har allerede dette fakturanummeret fra Bilag, med annet innhold[ (bunt {batch})].",
            "Sammenlign bilaget i <system> med fakturaen i Moment. Bilag sender ikke fakturaen på nytt. Er bilaget ikke bokført, sletter du det i <system> og prøver igjen. Er det bokført, prøver du igjen: Bilag leser bilaget og bokfører ingenting.",
        ),
    ),
    Entry(
        "duplicate_external_id",
        PERMANENT,
        BILAG,
        en=(
            "Azets has already received this invoice from Bilag.",
            "Retry: Bilag reads the result at Azets and never sends the invoice twice.",
        ),
        nb=(
            "Azets har allerede mottatt denne fakturaen fra Bilag.",
            "Prøv igjen: Bilag leser resultatet hos Azets og sender aldri fakturaen to ganger.",
        ),
    ),
    Entry(
        "posted_differs",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The posted voucher differs from the invoice[: {field}][ of the accrual voucher of {voucher_date}][ on account {account}][ with VAT code {vat_code}][ in unit {units}][ should be {expected} but is {found}].",
            'Compare the voucher in <system> with the invoice: somebody may have changed it. Correct it in <system>, then retry. Bilag reads the voucher again and posts nothing. If only a text differs and it cannot be changed there, or if you have posted a missing accrual manually, set the invoice to "Has been transferred" in Moment. If something else cannot be corrected there, reverse the voucher, post it manually and set the invoice to "Do not transfer" in Moment.',
        ),
        nb=(
            "Det bokførte bilaget avviker fra fakturaen[: {field}][ i periodiseringsbilaget {voucher_date}][ på konto {account}][ med mva-kode {vat_code}][ i enhet {units}][ skulle vært {expected}, men er {found}].",
            "Sammenlign bilaget i <system> med fakturaen: noen kan ha endret det. Rett bilaget i <system>, og prøv igjen. Bilag leser bilaget på nytt og bokfører ingenting. Er det bare en tekst som avviker og den ikke kan endres der, eller har du bokført en manglende periodisering manuelt, setter du fakturaen til «Er overført» i Moment. Kan noe annet ikke rettes der, reverserer du bilaget, bokfører det manuelt og setter fakturaen til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "accrued_income_off",
        CONFIGURATION,
        BILAG,
        en=(
            "Accrued income is switched off in the setup.",
            "Switch it on under Accrued income in the setup and select the two accounts, then post again.",
        ),
        nb=(
            "Opptjent inntekt er slått av i oppsettet.",
            "Slå det på under Opptjent inntekt i oppsettet, velg de to kontoene, og bokfør på nytt.",
        ),
    ),
    Entry(
        "accrued_earlier_open",
        TRANSIENT,
        BILAG,
        en=(
            "An earlier amount for the same month and project is not completed yet.",
            "Bilag checks the earlier amount automatically and then continues with this one. If the earlier amount needs attention, correct that first.",
        ),
        nb=(
            "Et tidligere beløp for samme måned og prosjekt er ikke ferdig behandlet ennå.",
            "Bilag kontrollerer det tidligere beløpet automatisk og fortsetter deretter med dette. Krever det tidligere beløpet handling, retter du det først.",
        ),
    ),
    Entry(
        "retries_exhausted",
        PERMANENT,
        BILAG,
        en=(
            "Bilag has retried[ for {hours} hours] without success.",
            "Correct what the other problem shown here describes, then retry.",
        ),
        nb=(
            "Bilag har prøvd[ i {hours} timer] uten å lykkes.",
            "Rett det som det andre problemet her beskriver, og prøv igjen.",
        ),
    ),
    Entry(
        "export_status_not_set",
        TRANSIENT,
        MOMENT,
        en=(
            "The invoice is posted, but its status in Moment could not be updated.",
            'Bilag retries the update automatically and never posts the invoice twice. If the problem persists, set the invoice to "Has been transferred" in Moment, or retry.',
        ),
        nb=(
            "Fakturaen er bokført, men statusen i Moment kunne ikke oppdateres.",
            "Bilag prøver å oppdatere igjen automatisk og bokfører aldri fakturaen to ganger. Hvis feilen vedvarer, setter du fakturaen til «Er overført» i Moment, eller prøver igjen.",
        ),
    ),
    Entry(
        "export_status_refused",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is posted, but Moment refused to change its status.",
            'Set the invoice to "Has been transferred" in Moment, then retry. Bilag never posts the invoice twice.',
        ),
        nb=(
            "Fakturaen er bokført, men Moment avviste endringen av statusen.",
            "Sett fakturaen til «Er overført» i Moment, og prøv igjen. Bilag bokfører aldri fakturaen to ganger.",
        ),
    ),
    Entry(
        "posted_not_in_moment",
        PERMANENT,
        MOMENT,
        en=(
            "[Invoice {number}|The invoice] is posted in <system>, but was not found in Moment.",
            'Check in Moment that the user of the API key has access to the invoice, then retry. If the invoice was deleted in Moment, reverse its voucher in <system>, retry, and then select "Do not transfer" on the invoice in Bilag.',
        ),
        nb=(
            "[Faktura {number}|Fakturaen] er bokført i <system>, men ble ikke funnet i Moment.",
            "Kontroller i Moment at brukeren bak API-nøkkelen har tilgang til fakturaen, og prøv igjen. Er fakturaen slettet i Moment, reverserer du bilaget i <system>, prøver igjen og velger deretter «Ikke overfør» på fakturaen i Bilag.",
        ),
    ),
    Entry(
        "document_not_attached",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Invoice {number}|The invoice] is posted, but its document could not be attached to the voucher.[ Reason: {cause}]",
            "The voucher itself is correct. Retry, and Bilag sends the document again. If that fails too, the voucher stays without, and you can attach the document in <system> yourself.",
        ),
        nb=(
            "[Faktura {number}|Fakturaen] er bokført, men dokumentet kunne ikke legges ved bilaget.[ Årsak: {cause}]",
            "Selve bilaget er riktig. Prøv igjen, så sender Bilag dokumentet på nytt. Mislykkes det også, blir bilaget stående uten, og du kan selv legge ved dokumentet i <system>.",
        ),
    ),
    Entry(
        "stored_not_posted",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The invoice is no longer to be transferred, but <system> has stored its voucher without posting it[ (batch {batch})].",
            'Delete the stored voucher in <system>, then retry. If the invoice is to be posted after all, set it to "To transfer" in Moment, then retry.',
        ),
        nb=(
            "Fakturaen skal ikke lenger overføres, men <system> har lagret bilaget uten å bokføre det[ (bunt {batch})].",
            "Slett det lagrede bilaget i <system>, og prøv igjen. Skal fakturaen likevel bokføres, setter du den til «Skal overføres» i Moment og prøver igjen.",
        ),
    ),
    Entry(
        "moment_not_polled",
        TRANSIENT,
        MOMENT,
        en=(
            "Bilag has not been able to check Moment for changes for six hours. Until it can, invoices may be missing.",
            "Check that Moment is available, and that the user of the API key may read customers, projects and invoices. Bilag checks again every five minutes, and then transfers what is missing.",
        ),
        nb=(
            "Bilag har ikke kunnet hente endringer fra Moment på seks timer. Inntil det lykkes, kan fakturaer mangle.",
            "Kontroller at Moment er tilgjengelig, og at brukeren bak API-nøkkelen kan lese kunder, prosjekter og fakturaer. Bilag prøver på nytt hvert femte minutt og overfører deretter det som mangler.",
        ),
    ),
    Entry(
        "ledger_ahead",
        PERMANENT,
        BILAG,
        en=(
            "Accounting has vouchers that Bilag posted and no longer knows[, such as invoice {number}]. Bilag's database was probably restored from a backup.",
            "Choose Take them in on the overview page, or run bilag recover. Bilag then compares the vouchers with Moment. Nothing is posted again.",
        ),
        nb=(
            "Regnskapet har bilag som Bilag har bokført, men ikke lenger kjenner til[, for eksempel faktura {number}]. Databasen til Bilag er trolig gjenopprettet fra en sikkerhetskopi.",
            "Velg Hent dem inn på oversikten, eller kjør bilag recover. Bilag sammenligner deretter bilagene med Moment. Ingenting bokføres på nytt.",
        ),
    ),
    Entry(
        "accrued_not_recovered",
        PERMANENT,
        BILAG,
        en=(
            "[Journal {journal}|A journal] of accrued income stands in accounting, and Bilag cannot read from it which amount was given.",
            "Enter the accounts that it was posted to under Accrued income in the setup, and take it in again. If its amount is wrong, correct it in accounting first: Bilag does not post or change it.",
        ),
        nb=(
            "[Journal {journal}|En journal] med opptjent inntekt står i regnskapet, men Bilag kan ikke lese ut av den hvilket beløp som ble oppgitt.",
            "Legg inn kontoene den er bokført på, under Opptjent inntekt i oppsettet, og hent den inn på nytt. Er beløpet feil, retter du det først i regnskapet: Bilag bokfører eller endrer det ikke.",
        ),
    ),
    Entry(
        "bilag_fault",
        PERMANENT,
        BILAG,
        en=(
            "An error occurred in Bilag.",
            "Contact your Bilag administrator: the log has the details. Retry when the error is fixed.",
        ),
        nb=(
            "Det oppstod en feil i Bilag.",
            "Kontakt driftsansvarlig for Bilag: detaljene står i loggen. Prøv igjen når feilen er rettet.",
        ),
    ),
)

UNKNOWN = Entry(
    "unknown",
    PERMANENT,
    BILAG,
    en=(
        "<System> reported a problem that Bilag does not recognise[ (code {code})].",
        "If there is a message from <system>, correct what it describes, then retry. Otherwise send the code to your Bilag administrator.",
    ),
    nb=(
        "<System> meldte om et problem som Bilag ikke gjenkjenner[ (kode {code})].",
        "Finnes det en melding fra <system>, retter du det den beskriver, og prøver igjen. Ellers sender du koden til driftsansvarlig for Bilag.",
    ),
)
"""Used for codes that the catalogue does not have: the hub's list of codes is open, and an unknown code counts as permanent."""
