"""Problems of an invoice as a whole: header, amounts, dates, KID, currency. Codes of the hub and of Bilag."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, MOMENT, PERMANENT, Entry
from bilag.messages.setting_labels import LABELS

_FAULT_EN = (
    "This is an error in Bilag. Send the invoice number to your Bilag administrator. Retry when the error is fixed."
)
_FAULT_NB = (
    "Dette er en feil i Bilag. Send fakturanummeret til driftsansvarlig for Bilag. Prøv igjen når feilen er rettet."
)

_RATES_EN, _RATES_NB = LABELS["moment.rates_per_hundred"]
_CONFIRM_EN = 'If the rate is correct, select "Confirm exchange rate" on the invoice\'s page in Bilag.'
_CONFIRM_NB = "Er kursen riktig, velger du «Bekreft valutakurs» på fakturaens side i Bilag."
_WRONG_RATE_EN = 'If the rate is wrong, credit the invoice and create a new one with the correct rate. Then select "Close with credit note" on the credited invoice in Bilag.'
_WRONG_RATE_NB = "Er kursen feil, krediterer du fakturaen og lager en ny med riktig kurs. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag."

AMOUNTS = (
    Entry(
        "total_mismatch",
        PERMANENT,
        MOMENT,
        en=(
            "The sum of the lines does not match the invoice[: {sum} is {header} on the invoice and {lines_sum} in the lines, a difference of {difference}].",
            'Compare the lines with the invoice in Moment. If the invoice is wrong, credit it and create a new one. Then select "Close with credit note" on the credited invoice in Bilag. If Moment shows it correctly, contact Moment\'s support.',
        ),
        nb=(
            "Summen av linjene stemmer ikke med fakturaen[: {sum} er {header} på fakturaen og {lines_sum} på linjene, en differanse på {difference}].",
            "Sammenlign linjene med fakturaen i Moment. Er fakturaen feil, krediterer du den og lager en ny. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag. Viser Moment den riktig, kontakter du Moments brukerstøtte.",
        ),
    ),
    Entry(
        "amount_decimals",
        PERMANENT,
        MOMENT,
        en=(
            "[The amount {amount}|An amount] has more than two decimals.",
            'Credit the invoice in Moment and create a new one with a rounded amount. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "[Beløpet {amount}|Et beløp] har mer enn to desimaler.",
            "Krediter fakturaen i Moment, og lag en ny med avrundet beløp. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "currency_without_decimals",
        PERMANENT,
        MOMENT,
        en=(
            "[The amount {amount}|An amount] has decimals, but [{currency}|the invoice's currency] has none.",
            'Credit the invoice in Moment and create a new one with whole amounts. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "[Beløpet {amount}|Et beløp] har desimaler, men [{currency}|fakturaens valuta] har ingen.",
            "Krediter fakturaen i Moment, og lag en ny med hele beløp. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "amount_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "[The amount {amount}|An amount] cannot be posted.",
            "Check the invoice in Moment. If Moment shows a valid amount, contact Moment's support.",
        ),
        nb=(
            "[Beløpet {amount}|Et beløp] kan ikke bokføres.",
            "Kontroller fakturaen i Moment. Viser Moment et gyldig beløp, kontakter du Moments brukerstøtte.",
        ),
    ),
    Entry(
        "gross_mismatch",
        PERMANENT,
        BILAG,
        en=("The gross amount is not the net amount plus VAT.", _FAULT_EN),
        nb=("Bruttobeløpet er ikke lik nettobeløpet pluss mva.", _FAULT_NB),
    ),
    Entry(
        "line_amount_zero",
        PERMANENT,
        BILAG,
        en=("All amounts of an entry are zero.", _FAULT_EN),
        nb=("Alle beløp i en postering er null.", _FAULT_NB),
    ),
    Entry(
        "voucher_unbalanced",
        PERMANENT,
        BILAG,
        en=("Debit and credit of the voucher are not equal.", _FAULT_EN),
        nb=("Debet og kredit i bilaget er ikke like.", _FAULT_NB),
    ),
)

DATES = (
    Entry(
        "invoice_date_missing",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice has no invoice date.",
            "Check the invoice in Moment: a finalised invoice has a date. If the date is missing there, contact Moment's support.",
        ),
        nb=(
            "Fakturaen mangler fakturadato.",
            "Kontroller fakturaen i Moment: en ferdigstilt faktura har dato. Kontakt Moments brukerstøtte hvis datoen mangler der.",
        ),
    ),
    Entry(
        "period_closed",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The period[ {period}][ for {date}] is closed in <system>[, and income for {accrual_month} must be posted there].",
            "Open the period in <system>, retry, then close it again. Bilag never moves a posting to another date.",
        ),
        nb=(
            "Perioden[ {period}][ for {date}] er avsluttet i <system>[, og inntekt for {accrual_month} skal bokføres der].",
            "Åpne perioden i <system>, prøv igjen, og avslutt den deretter på nytt. Bilag flytter aldri en postering til en annen dato.",
        ),
    ),
    Entry(
        "period_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "<System> has no accounting period[ for {date}][, where income for {accrual_month} must be posted].",
            "Create the year or period in <system>, then retry.",
        ),
        nb=(
            "<System> har ingen regnskapsperiode[ for {date}][, der inntekt for {accrual_month} skal bokføres].",
            "Opprett året eller perioden i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "date_locked",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The date[ {date}] is not after the lock date[ {lock_date}] of <system>[, and income for {accrual_month} must be posted there].",
            "Move the lock date back in <system>, retry, then set the lock date again.",
        ),
        nb=(
            "Datoen[ {date}] er ikke etter låsedatoen[ {lock_date}] i <system>[, og inntekt for {accrual_month} skal bokføres der].",
            "Flytt låsedatoen tilbake i <system>, prøv igjen, og sett deretter låsedatoen på nytt.",
        ),
    ),
    Entry(
        "due_before_invoice_date",
        PERMANENT,
        MOMENT,
        en=(
            "The due date[ {due_date}] is before the invoice date[ {date}].",
            'Credit the invoice in Moment and create a new one with the correct due date. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "Forfallsdatoen[ {due_date}] er før fakturadatoen[ {date}].",
            "Krediter fakturaen i Moment, og lag en ny med riktig forfallsdato. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "accrual_not_supported",
        CONFIGURATION,
        BILAG,
        en=(
            "<System> does not accept accrual on a line.",
            "Switch off accrual in the setup, or ask Azets to enable it for the client.",
        ),
        nb=(
            "<System> godtar ikke periodisering på linjen.",
            "Slå av periodisering i oppsettet, eller be Azets aktivere det for klienten.",
        ),
    ),
    Entry(
        "accrual_period_incomplete",
        PERMANENT,
        MOMENT,
        en=(
            "The service period has only a first or only a last day, so Bilag cannot accrue the income.",
            'Credit the invoice in Moment and create a new one with the whole period. Then select "Close with credit note" on the credited invoice in Bilag. Or post it manually and set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Leveringsperioden har bare første eller bare siste dag, så Bilag kan ikke periodisere inntekten.",
            "Krediter fakturaen i Moment og lag en ny med hele perioden. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag. Eller bokfør den manuelt, og sett den til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "accrual_period_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The service period[ {first} to {last}] ends before it begins, or is longer than 60 months.",
            'Credit the invoice in Moment and create a new one with the correct period. Then select "Close with credit note" on the credited invoice in Bilag. Or post it manually and set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Leveringsperioden[ {first} til {last}] slutter før den begynner, eller er lengre enn 60 måneder.",
            "Krediter fakturaen i Moment og lag en ny med riktig periode. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag. Eller bokfør den manuelt, og sett den til «Ikke overfør» i Moment.",
        ),
    ),
)

HEADER = (
    Entry(
        "invoice_not_finalized",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is not finalised, or has no number yet.",
            "Finalise the invoice in Moment. Bilag then posts it automatically.",
        ),
        nb=(
            "Fakturaen er ikke ferdigstilt, eller har ikke fått nummer ennå.",
            "Ferdigstill fakturaen i Moment. Bilag bokfører den deretter automatisk.",
        ),
    ),
    Entry(
        "invoice_type_unknown",
        PERMANENT,
        MOMENT,
        en=(
            "Moment gives the document [the type {document_type}|no type]. Bilag posts invoices and credit notes only.",
            'Find out in Moment what the document is. Post it manually, then set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Moment oppgir [typen {document_type}|ingen type] for dokumentet. Bilag bokfører bare fakturaer og kreditnotaer.",
            "Finn ut i Moment hva dokumentet er. Bokfør det manuelt, og sett det deretter til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "type_contradicts_total",
        PERMANENT,
        MOMENT,
        en=(
            "The document contradicts itself[: its type is {moment_type}, and its total is {total}][. It credits invoice {credited}].",
            'Find out in Moment whether it is an invoice or a credit note. Post it manually as what it is, then set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Dokumentet motsier seg selv[: typen er {moment_type}, og totalbeløpet er {total}][. Det krediterer faktura {credited}].",
            "Finn ut i Moment om det er en faktura eller en kreditnota. Bokfør det manuelt som det det er, og sett det deretter til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "credited_number_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The credit note cannot credit [invoice {credited}|the invoice that it names]: there can be no such invoice, or it is the credit note itself.",
            'Find out in Moment which invoice it credits. Post it manually, then set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Kreditnotaen kan ikke kreditere [faktura {credited}|fakturaen den viser til]: en slik faktura kan ikke finnes, eller den er kreditnotaen selv.",
            "Finn ut i Moment hvilken faktura den krediterer. Bokfør den manuelt, og sett den deretter til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "voucher_number_invalid",
        PERMANENT,
        ACCOUNTING,
        en=(
            "<System> does not accept [invoice number {number}|the invoice number] as a voucher number[. It accepts {minimum} to {maximum}].",
            "Extend the number range in <system>, then retry. Bilag never changes an invoice number.",
        ),
        nb=(
            "<System> godtar ikke [fakturanummer {number}|fakturanummeret] som bilagsnummer[. Det godtar {minimum} til {maximum}].",
            "Utvid nummerserien i <system>, og prøv igjen. Bilag endrer aldri et fakturanummer.",
        ),
    ),
    Entry(
        "kid_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The payment id (KID)[ {payment_id}] has the wrong length or check digit[. It must follow {method}][. It must have {min_length} to {max_length} characters].",
            'Compare the KID setting in Moment with the bank agreement and with the rule in <system>. Correct the one that is wrong, then retry. If the KID of the invoice is wrong, credit the invoice and create a new one. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "KID[ {payment_id}] har feil lengde eller kontrollsiffer[. KID skal følge {method}][. KID skal ha {min_length} til {max_length} tegn].",
            "Sammenlign KID-innstillingen i Moment med bankavtalen og med regelen i <system>. Rett den som er feil, og prøv igjen. Er KID på fakturaen feil, krediterer du fakturaen og lager en ny. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "currency_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Currency {currency}|The currency] is not set up in <system>.",
            "Add the currency in <system>, then retry.",
        ),
        nb=(
            "Valutaen[ {currency}] er ikke lagt inn i <system>.",
            "Legg inn valutaen i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "exchange_rate_required",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is in a foreign currency[ ({currency})] but has no valid exchange rate[ (rate {rate})].",
            'Credit the invoice in Moment and create a new one with an exchange rate. Then select "Close with credit note" on the credited invoice in Bilag. Or post it manually and set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Fakturaen er i utenlandsk valuta[ ({currency})], men mangler gyldig valutakurs[ (kurs {rate})].",
            "Krediter fakturaen i Moment, og lag en ny med valutakurs. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag. Eller bokfør den manuelt og sett den til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "exchange_rate_implausible",
        PERMANENT,
        MOMENT,
        en=(
            "The exchange rate[ {rate}] cannot be the price in [{base}|the company's currency] of one unit of [{currency}|the currency][. The European Central Bank's rate of {reference_date} is {reference}].",
            f'If Moment quotes the rate for 100 units, select the currency under "{_RATES_EN}" in the setup, then retry. {_CONFIRM_EN} {_WRONG_RATE_EN}',
        ),
        nb=(
            "Valutakursen[ {rate}] kan ikke være prisen i [{base}|firmaets valuta] for én enhet av [{currency}|valutaen][. Den europeiske sentralbankens kurs per {reference_date} er {reference}].",
            f"Oppgir Moment kursen for 100 enheter, velger du valutaen under «{_RATES_NB}» i oppsettet og prøver igjen. {_CONFIRM_NB} {_WRONG_RATE_NB}",
        ),
    ),
    Entry(
        "exchange_rate_default",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is in a foreign currency[ ({currency})], and its exchange rate is [{rate}|1]. Moment may have no rate for it.",
            f"Check the rate in Moment. {_CONFIRM_EN} {_WRONG_RATE_EN}",
        ),
        nb=(
            "Fakturaen er i utenlandsk valuta[ ({currency})], og valutakursen er [{rate}|1]. Moment mangler kanskje kurs for den.",
            f"Kontroller kursen i Moment. {_CONFIRM_NB} {_WRONG_RATE_NB}",
        ),
    ),
    Entry(
        "exchange_rate_unverified",
        PERMANENT,
        MOMENT,
        en=(
            "Bilag cannot check the exchange rate[ {rate}] of [{currency}|the currency]: the European Central Bank publishes no rate for it[ in {base}].",
            f"Compare the rate with your bank's. {_CONFIRM_EN} {_WRONG_RATE_EN}",
        ),
        nb=(
            "Bilag kan ikke kontrollere valutakursen[ {rate}] for [{currency}|valutaen]: Den europeiske sentralbanken har ingen kurs for den[ i {base}].",
            f"Sammenlign kursen med bankens. {_CONFIRM_NB} {_WRONG_RATE_NB}",
        ),
    ),
    Entry(
        "exchange_rate_not_one",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is in the company's own currency[ ({currency})], but its exchange rate is not 1[ (rate {rate})].",
            'Check the currency and the rate in Moment: one of them is wrong. Credit the invoice and create a new one. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "Fakturaen er i firmaets egen valuta[ ({currency})], men valutakursen er ikke 1[ (kurs {rate})].",
            "Kontroller valuta og kurs i Moment: en av dem er feil. Krediter fakturaen, og lag en ny. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
)

VOUCHER_CODES = (*HEADER, *AMOUNTS, *DATES)
