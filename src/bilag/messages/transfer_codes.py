"""Problems of a transfer: numbers used twice, doubt, differences, a fault in Bilag. Our own codes but one."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

TRANSFER_CODES = (
    Entry(
        "not_in_moment",
        PERMANENT,
        MOMENT,
        en=(
            "Moment has no [{kind} {number}|such number].",
            "Check the number. If it is right, look in Moment whether the API key's user may see it.",
        ),
        nb=(
            "Moment har ikke [{kind} {number}|dette nummeret].",
            "Kontroller nummeret. Er det riktig, ser du i Moment om brukeren bak API-nøkkelen har tilgang.",
        ),
    ),
    Entry(
        "nothing_to_post",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice has no amounts, so there is nothing to post.",
            'Nothing to do. To get it off the list, set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Fakturaen har ingen beløp, så det er ingenting å bokføre.",
            "Du trenger ikke gjøre noe. Vil du ha den bort fra listen, setter du den til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "changed_after_posting",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is posted already and was changed in Moment afterwards[: the total is {total_now} now, and {total_posted} is posted][. What differs: {fields}].",
            "A posted voucher stays as it is. Credit the invoice in Moment and make a new one; both are then posted.",
        ),
        nb=(
            "Fakturaen er allerede bokført og ble endret i Moment etterpå[: totalbeløpet er {total_now} nå, og {total_posted} er bokført][. Dette er ulikt: {fields}].",
            "Et bokført bilag blir stående. Lag kreditnota i Moment og en ny faktura; begge bokføres da.",
        ),
    ),
    Entry(
        "voucher_number_taken",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Voucher number {number}|The voucher number] is used in the accounting system[, in journal {journal},] by a voucher that did not come from Bilag.",
            'Look at that voucher. If it is this invoice, posted by hand, set the invoice to "Do not transfer" in Moment. If it is another, reverse it and post it under another number, then retry.',
        ),
        nb=(
            "[Bilagsnummer {number}|Bilagsnummeret] er brukt i regnskapssystemet[, i journal {journal},] av et bilag som ikke kom fra Bilag.",
            "Se på det bilaget. Er det denne fakturaen, bokført for hånd, setter du fakturaen til «Ikke overfør» i Moment. Er det et annet, tilbakefører du det og bokfører det på et annet nummer, og prøver igjen.",
        ),
    ),
    Entry(
        "duplicate_content",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The accounting system already has this invoice number from Bilag, with other content[ (batch {batch})].",
            "Compare the voucher there with the invoice in Moment. Bilag sends nothing more for it: correct it with a credit note, or remove the voucher there if it is not posted, then retry.",
        ),
        nb=(
            "Regnskapssystemet har allerede dette fakturanummeret fra Bilag, med annet innhold[ (bunt {batch})].",
            "Sammenlign bilaget der med fakturaen i Moment. Bilag sender ikke mer for den: rett med kreditnota, eller fjern bilaget der hvis det ikke er bokført, og prøv igjen.",
        ),
    ),
    Entry(
        "duplicate_external_id",
        PERMANENT,
        BILAG,
        en=(
            "Azets already has this invoice from Bilag.",
            "Retry: Bilag takes the outcome from what is there, and sends nothing twice.",
        ),
        nb=(
            "Azets har allerede denne fakturaen fra Bilag.",
            "Prøv igjen: Bilag tar utfallet fra det som ligger der, og sender ingenting to ganger.",
        ),
    ),
    Entry(
        "posted_differs",
        PERMANENT,
        ACCOUNTING,
        en=(
            "What stands in the journal is not what was planned[: {field}][ of the accrual voucher of {voucher_date}][ on account {account}][ with VAT code {vat_code}][ in unit {units}][ should be {expected} and is {found}].",
            "Compare the voucher in the accounting system with the invoice. Somebody may have changed it. Correct it there, then retry; Bilag reads it again and posts nothing.",
        ),
        nb=(
            "Det som står i journalen, er ikke det som var planlagt[: {field}][ i periodiseringsbilaget {voucher_date}][ på konto {account}][ med mva-kode {vat_code}][ i enhet {units}][ skulle vært {expected} og er {found}].",
            "Sammenlign bilaget i regnskapssystemet med fakturaen. Noen kan ha endret det. Rett det der, og prøv igjen; Bilag leser det på nytt og bokfører ingenting.",
        ),
    ),
    Entry(
        "accrued_income_off",
        CONFIGURATION,
        BILAG,
        en=(
            "Accrued income is switched off in the setup.",
            "Switch it on under Accrued income in the setup and choose its two accounts, then post again.",
        ),
        nb=(
            "Opptjent inntekt er slått av i oppsettet.",
            "Slå det på under Opptjent inntekt i oppsettet og velg de to kontoene, og bokfør på nytt.",
        ),
    ),
    Entry(
        "accrued_earlier_open",
        TRANSIENT,
        BILAG,
        en=(
            "An amount given earlier for the same month and project is not settled yet[: {earlier}].",
            "Bilag looks it up by itself and then goes on with this one. If it needs a person, mend that first.",
        ),
        nb=(
            "Et beløp som ble oppgitt tidligere for samme måned og prosjekt, er ikke avgjort ennå[: {earlier}].",
            "Bilag slår det opp av seg selv og fortsetter med dette etterpå. Trenger det en person, ordner du det først.",
        ),
    ),
    Entry(
        "in_doubt_too_long",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The voucher was sent, and it is still not known whether it was posted.",
            "Look for [voucher number {number}|the voucher] in the accounting system, also among vouchers not yet posted, then retry. Bilag looks again before it sends anything.",
        ),
        nb=(
            "Bilaget er sendt, og det er fortsatt ikke kjent om det ble bokført.",
            "Se etter [bilagsnummer {number}|bilaget] i regnskapssystemet, også blant bilag som ikke er bokført, og prøv igjen. Bilag ser etter på nytt før noe sendes.",
        ),
    ),
    Entry(
        "retries_exhausted",
        PERMANENT,
        BILAG,
        en=(
            "It was tried again and again[ for {hours} hours] without success.",
            "Mend what the other problem here names, then retry.",
        ),
        nb=(
            "Det er prøvd om og om igjen[ i {hours} timer] uten å lykkes.",
            "Rett det som det andre problemet her viser til, og prøv igjen.",
        ),
    ),
    Entry(
        "export_status_not_set",
        TRANSIENT,
        MOMENT,
        en=(
            "The invoice is posted, but Moment could not be told.",
            'Bilag tells Moment again by itself and posts nothing twice. If it stays, set the invoice to "Has been transferred" in Moment, or retry.',
        ),
        nb=(
            "Fakturaen er bokført, men Moment fikk ikke beskjed.",
            "Bilag gir Moment beskjed på nytt av seg selv, og bokfører ingenting to ganger. Blir det stående, setter du fakturaen til «Er overført» i Moment, eller prøver igjen.",
        ),
    ),
    Entry(
        "bilag_fault",
        PERMANENT,
        BILAG,
        en=(
            "Bilag met a fault of its own[ ({error})].",
            "Tell whoever runs Bilag; the log has the details. Retry once it is mended.",
        ),
        nb=(
            "Bilag fikk en feil hos seg selv[ ({error})].",
            "Meld fra til den som drifter Bilag; detaljene står i loggen. Prøv igjen når feilen er rettet.",
        ),
    ),
)

UNKNOWN = Entry(
    "unknown",
    PERMANENT,
    BILAG,
    en=(
        "Something stopped it that Bilag has no explanation for yet[ (code {code})].",
        "Read the other system's own words, if there are any. If you cannot mend it, send the code to whoever runs Bilag. Then retry.",
    ),
    nb=(
        "Noe stoppet det som Bilag ikke har noen forklaring på ennå[ (kode {code})].",
        "Les det andre systemets egne ord, hvis det er noen. Får du ikke rettet det, sender du koden til den som drifter Bilag. Prøv deretter igjen.",
    ),
)
"""For a code that the catalogue does not have: the hub's list is open, and an unknown code counts as permanent."""
