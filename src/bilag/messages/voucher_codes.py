"""Problems of an invoice as a whole: header, amounts, dates, KID, currency. The hub's codes and our own."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, MOMENT, PERMANENT, Entry

AMOUNTS = (
    Entry(
        "total_mismatch",
        PERMANENT,
        MOMENT,
        en=(
            "The lines do not add up to the invoice[: {sum} is {header} on the invoice and {lines_sum} in the lines, a difference of {difference}].",
            "Compare the lines with the invoice in Moment. If it is wrong, credit it and make a new one; if Moment shows it correctly, tell Moment's support.",
        ),
        nb=(
            "Linjene summerer seg ikke til fakturaen[: {sum} er {header} på fakturaen og {lines_sum} i linjene, en differanse på {difference}].",
            "Sammenlign linjene med fakturaen i Moment. Er den feil, krediterer du den og lager en ny; viser Moment den riktig, melder du fra til Moments brukerstøtte.",
        ),
    ),
    Entry(
        "amount_decimals",
        PERMANENT,
        MOMENT,
        en=(
            "[The amount {amount}|An amount] has more than two decimals.",
            "Round the amount in Moment: credit the invoice and make a new one.",
        ),
        nb=(
            "[Beløpet {amount}|Et beløp] har mer enn to desimaler.",
            "Rund av beløpet i Moment: krediter fakturaen og lag en ny.",
        ),
    ),
    Entry(
        "currency_without_decimals",
        PERMANENT,
        MOMENT,
        en=(
            "[The amount {amount}|An amount] has decimals, and [{currency}|the invoice's currency] has none.",
            "Round the amount in Moment: credit the invoice and make a new one.",
        ),
        nb=(
            "[Beløpet {amount}|Et beløp] har desimaler, og [{currency}|fakturaens valuta] har ingen.",
            "Rund av beløpet i Moment: krediter fakturaen og lag en ny.",
        ),
    ),
    Entry(
        "amount_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "[The amount {amount}|An amount] is not a number that can be posted.",
            "Look at the invoice in Moment. If it shows a sensible amount there, tell Moment's support.",
        ),
        nb=(
            "[Beløpet {amount}|Et beløp] er ikke et tall som kan bokføres.",
            "Se på fakturaen i Moment. Viser den et fornuftig beløp der, melder du fra til Moments brukerstøtte.",
        ),
    ),
    Entry(
        "gross_mismatch",
        PERMANENT,
        BILAG,
        en=(
            "Gross is not net plus VAT.",
            "This is a fault in Bilag. Send the number of the invoice to whoever runs Bilag.",
        ),
        nb=(
            "Brutto er ikke netto pluss mva.",
            "Dette er en feil i Bilag. Send fakturanummeret til den som drifter Bilag.",
        ),
    ),
    Entry(
        "line_amount_zero",
        PERMANENT,
        BILAG,
        en=(
            "An entry has only zero amounts.",
            "This is a fault in Bilag. Send the number of the invoice to whoever runs Bilag.",
        ),
        nb=(
            "En postering har bare nullbeløp.",
            "Dette er en feil i Bilag. Send fakturanummeret til den som drifter Bilag.",
        ),
    ),
    Entry(
        "voucher_unbalanced",
        PERMANENT,
        BILAG,
        en=(
            "Debit and credit of the voucher differ.",
            "This is a fault in Bilag. Send the number of the invoice to whoever runs Bilag.",
        ),
        nb=(
            "Debet og kredit i bilaget er ulike.",
            "Dette er en feil i Bilag. Send fakturanummeret til den som drifter Bilag.",
        ),
    ),
)

DATES = (
    Entry(
        "invoice_date_missing",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice has no invoice date.",
            "Look at the invoice in Moment; a finalised invoice has a date. Tell Moment's support if it is missing there.",
        ),
        nb=(
            "Fakturaen har ingen fakturadato.",
            "Se på fakturaen i Moment; en ferdigstilt faktura har dato. Meld fra til Moments brukerstøtte hvis den mangler der.",
        ),
    ),
    Entry(
        "period_closed",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The period[ {period}][ that holds {date}] is closed in the accounting system[, and income of {accrual_month} would be posted there].",
            "Open the period in the accounting system, retry, and close it again. Bilag never moves a posting to another date.",
        ),
        nb=(
            "Perioden[ {period}][ for {date}] er avsluttet i regnskapssystemet[, og inntekt for {accrual_month} skulle vært ført der].",
            "Åpne perioden i regnskapssystemet, prøv igjen, og lukk den deretter. Bilag flytter aldri en postering til en annen dato.",
        ),
    ),
    Entry(
        "period_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "No accounting period is set up[ for {date}][, where income of {accrual_month} would be posted].",
            "Set up the year or period in the accounting system, then retry.",
        ),
        nb=(
            "Det er ikke opprettet noen regnskapsperiode[ for {date}][, der inntekt for {accrual_month} skulle vært ført].",
            "Opprett året eller perioden i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "date_locked",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The date[ {date}] is on or before the lock date[ {lock_date}] of the accounting system[, and income of {accrual_month} would be posted there].",
            "Move the lock date back in the accounting system, retry, and set it again.",
        ),
        nb=(
            "Datoen[ {date}] er på eller før låsedatoen[ {lock_date}] i regnskapssystemet[, og inntekt for {accrual_month} skulle vært ført der].",
            "Flytt låsedatoen tilbake i regnskapssystemet, prøv igjen, og sett den på nytt.",
        ),
    ),
    Entry(
        "due_before_invoice_date",
        PERMANENT,
        MOMENT,
        en=(
            "The due date[ {due_date}] is before the invoice date[ {date}].",
            "Credit the invoice in Moment and make a new one with a correct due date.",
        ),
        nb=(
            "Forfallsdatoen[ {due_date}] er før fakturadatoen[ {date}].",
            "Krediter fakturaen i Moment og lag en ny med riktig forfallsdato.",
        ),
    ),
    Entry(
        "accrual_not_supported",
        CONFIGURATION,
        BILAG,
        en=(
            "The accounting system does not take accrual on a line.",
            "Switch accrual off in the setup, or ask Azets to open for it.",
        ),
        nb=(
            "Regnskapssystemet tar ikke imot periodisering på linjen.",
            "Slå av periodisering i oppsettet, eller be Azets åpne for det.",
        ),
    ),
    Entry(
        "accrual_period_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The service period[ {first} to {last}] ends before it begins, or is longer than 60 months.",
            "Correct the period in Moment: credit the invoice and make a new one. Or post it by hand.",
        ),
        nb=(
            "Leveringsperioden[ {first} til {last}] slutter før den begynner, eller er lengre enn 60 måneder.",
            "Rett perioden i Moment: krediter fakturaen og lag en ny. Eller bokfør den for hånd.",
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
            "Finalise it in Moment; it is then posted by itself.",
        ),
        nb=(
            "Fakturaen er ikke ferdigstilt, eller har ikke fått nummer ennå.",
            "Ferdigstill den i Moment; da bokføres den av seg selv.",
        ),
    ),
    Entry(
        "voucher_number_invalid",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The accounting system does not take [invoice number {number}|the invoice number] as a voucher number[; it takes {minimum} to {maximum}].",
            "Widen the number range in the accounting system, then retry. Bilag never changes the number of an invoice.",
        ),
        nb=(
            "Regnskapssystemet tar ikke [fakturanummer {number}|fakturanummeret] som bilagsnummer[; det tar {minimum} til {maximum}].",
            "Utvid nummerserien i regnskapssystemet, og prøv igjen. Bilag endrer aldri nummeret på en faktura.",
        ),
    ),
    Entry(
        "kid_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "Payment id (KID)[ {payment_id}] has a wrong length or check digit[; {method} is expected][, {min_length} to {max_length} characters].",
            "Compare the KID setting in Moment with the bank agreement and with the rule in the accounting system. Mend the one that is wrong and retry; if it is the invoice's KID, credit the invoice and make a new one.",
        ),
        nb=(
            "KID[ {payment_id}] har feil lengde eller kontrollsiffer[; {method} er ventet][, {min_length} til {max_length} tegn].",
            "Sammenlign KID-innstillingen i Moment med bankavtalen og med regelen i regnskapssystemet. Rett den som er feil, og prøv igjen; er det fakturaens KID, krediterer du fakturaen og lager en ny.",
        ),
    ),
    Entry(
        "currency_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Currency {currency}|The currency] is not set up in the accounting system.",
            "Set the currency up in the accounting system, then retry.",
        ),
        nb=(
            "Valutaen[ {currency}] er ikke lagt inn i regnskapssystemet.",
            "Legg inn valutaen i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "exchange_rate_required",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is in[ {currency},] a foreign currency and has no usable exchange rate[ ({rate})].",
            'Enter the rate in Moment: credit the invoice and make a new one. Or post it by hand and set it to "Do not transfer" in Moment.',
        ),
        nb=(
            "Fakturaen er i[ {currency},] utenlandsk valuta og har ingen brukbar valutakurs[ ({rate})].",
            "Legg inn kursen i Moment: krediter fakturaen og lag en ny. Eller bokfør den for hånd og sett den til «Ikke overfør» i Moment.",
        ),
    ),
    Entry(
        "exchange_rate_implausible",
        PERMANENT,
        MOMENT,
        en=(
            "The exchange rate[ {rate}] cannot be NOK for one[ {currency}| unit of the currency].",
            "If Moment quotes the currency for a hundred units, add it to moment.rates_per_hundred in the Integration setup, then retry. If the rate is wrong, credit the invoice and make a new one with the right rate.",
        ),
        nb=(
            "Valutakursen[ {rate}] kan ikke være NOK for én[ {currency}| enhet av valutaen].",
            "Oppgir Moment kursen for hundre enheter, legger du valutaen til i moment.rates_per_hundred i oppsettet og prøver igjen. Er kursen feil, krediterer du fakturaen og lager en ny med riktig kurs.",
        ),
    ),
    Entry(
        "exchange_rate_not_one",
        PERMANENT,
        MOMENT,
        en=(
            "The invoice is in the company's own currency[ {currency}], but has an exchange rate[ of {rate}] other than 1.",
            "Check currency and rate in Moment: one of them is wrong. Credit the invoice and make a new one.",
        ),
        nb=(
            "Fakturaen er i selskapets egen valuta[ {currency}], men har en annen valutakurs[ ({rate})] enn 1.",
            "Kontroller valuta og kurs i Moment: en av dem er feil. Krediter fakturaen og lag en ny.",
        ),
    ),
)

VOUCHER_CODES = (*HEADER, *AMOUNTS, *DATES)
