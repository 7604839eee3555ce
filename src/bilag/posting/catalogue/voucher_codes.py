"""Problems of an invoice's content: accounts, VAT codes, amounts, dates, KID, currency. The hub's codes and our own."""

from bilag.posting.catalogue.entry import ACCOUNTING, BILAG, CONFIGURATION, MOMENT, PERMANENT, Entry

ACCOUNTS = (
    Entry(
        "account_missing", PERMANENT, MOMENT,
        en=("A line has an amount and no account.", "Choose a financial account for the article or activity of the line in Moment, then retry."),
        nb=("En linje har beløp, men ingen konto.", "Velg konto på artikkelen eller aktiviteten som linjen gjelder i Moment, og prøv igjen."),
    ),
    Entry(
        "account_unknown", PERMANENT, ACCOUNTING,
        en=("Account[ {account}] does not exist in the accounting system.", "Create the account in the accounting system with the same number as in Moment, then retry. If the number is wrong in Moment, credit the invoice and make a new one."),
        nb=("Konto[ {account}] finnes ikke i regnskapssystemet.", "Opprett kontoen i regnskapssystemet med samme nummer som i Moment, og prøv igjen. Er nummeret feil i Moment, krediterer du fakturaen og lager en ny."),
    ),
    Entry(
        "account_inactive", PERMANENT, ACCOUNTING,
        en=("Account[ {account}][ ({account_name})] is not in use any more in the accounting system.", "Make the account active again in the accounting system, then retry."),
        nb=("Konto[ {account}][ ({account_name})] er ikke lenger i bruk i regnskapssystemet.", "Gjør kontoen aktiv igjen i regnskapssystemet, og prøv igjen."),
    ),
    Entry(
        "account_not_postable", PERMANENT, MOMENT,
        en=("Account[ {account}][ ({account_name})] is a control account, which cannot be posted to directly.", "Choose an income account for the line in Moment: credit the invoice and make a new one."),
        nb=("Konto[ {account}][ ({account_name})] er en samlekonto som det ikke kan bokføres direkte på.", "Velg en inntektskonto for linjen i Moment: krediter fakturaen og lag en ny."),
    ),
    Entry(
        "rounding_account_needs_vat_code", PERMANENT, BILAG,
        en=("The rounding account[ {account}] needs a VAT code, and a rounding has none.", "Choose a rounding account without VAT code in the setup, usually 7740, then retry."),
        nb=("Avrundingskontoen[ {account}] krever mva-kode, og en avrunding har ingen.", "Velg en avrundingskonto uten mva-kode i oppsettet, vanligvis 7740, og prøv igjen."),
    ),
)

VAT = (
    Entry(
        "vat_code_unknown", PERMANENT, ACCOUNTING,
        en=("VAT code[ {vat_code}] does not exist in the accounting system.", "VAT codes must be equal on both sides. Create the code in the accounting system[ or correct it on account {account} in Moment], then retry."),
        nb=("Mva-kode[ {vat_code}] finnes ikke i regnskapssystemet.", "Mva-kodene må være like på begge sider. Opprett koden i regnskapssystemet[ eller rett den på konto {account} i Moment], og prøv igjen."),
    ),
    Entry(
        "vat_code_inactive", PERMANENT, ACCOUNTING,
        en=("VAT code[ {vat_code}][ ({vat_code_name})] is not in use any more in the accounting system.", "Make the VAT code active again in the accounting system, then retry."),
        nb=("Mva-kode[ {vat_code}][ ({vat_code_name})] er ikke lenger i bruk i regnskapssystemet.", "Gjør mva-koden aktiv igjen i regnskapssystemet, og prøv igjen."),
    ),
    Entry(
        "vat_code_required", PERMANENT, MOMENT,
        en=("Account[ {account}] needs a VAT code, and the line has none.", "Enter the accounting VAT code[ ({allowed})] on account[ {account}] in Moment, then retry."),
        nb=("Konto[ {account}] krever mva-kode, og linjen har ingen.", "Legg inn regnskapets mva-kode[ ({allowed})] på konto[ {account}] i Moment, og prøv igjen."),
    ),
    Entry(
        "vat_code_missing", PERMANENT, MOMENT,
        en=("The line has VAT[ of {vat}] and no VAT code.", "Enter the accounting VAT code on account[ {account}] in Moment, then retry."),
        nb=("Linjen har mva[ på {vat}], men ingen mva-kode.", "Legg inn regnskapets mva-kode på konto[ {account}] i Moment, og prøv igjen."),
    ),
    Entry(
        "vat_code_not_allowed_on_account", PERMANENT, ACCOUNTING,
        en=("Account[ {account}] does not take VAT code[ {vat_code}].", "Allow the VAT code on the account in the accounting system[ (it takes {allowed} now)], or correct the account's VAT code in Moment, then retry."),
        nb=("Konto[ {account}] tar ikke mva-kode[ {vat_code}].", "Tillat mva-koden på kontoen i regnskapssystemet[ (den tar {allowed} nå)], eller rett kontoens mva-kode i Moment, og prøv igjen."),
    ),
    Entry(
        "vat_code_not_for_sales", PERMANENT, MOMENT,
        en=("VAT code[ {vat_code}][ ({vat_code_name})] is for purchases and cannot be used on a sale.", "Enter a VAT code for sales on the account in Moment, then retry."),
        nb=("Mva-kode[ {vat_code}][ ({vat_code_name})] er for kjøp og kan ikke brukes på et salg.", "Legg inn en mva-kode for salg på kontoen i Moment, og prøv igjen."),
    ),
    Entry(
        "vat_amount_mismatch", PERMANENT, MOMENT,
        en=("The VAT[ is {vat}, but net {net} with code {vat_code} at {rate} % gives {expected}; it] differs by more than 1.00 from net times rate.", "Check the VAT rate of the account in Moment against the VAT code in the accounting system. If the invoice is wrong, credit it and make a new one."),
        nb=("Mva[ er {vat}, men netto {net} med kode {vat_code} på {rate} % gir {expected}; beløpet] avviker mer enn 1,00 fra netto ganger sats.", "Kontroller mva-satsen på kontoen i Moment mot mva-koden i regnskapssystemet. Er fakturaen feil, krediterer du den og lager en ny."),
    ),
    Entry(
        "vat_sign", PERMANENT, MOMENT,
        en=("Net[ ({net})] and VAT[ ({vat})] of lines on account[ {account}] have different signs.", "Such lines cannot be posted as one entry. Credit the invoice and make a new one with the VAT corrected."),
        nb=("Netto[ ({net})] og mva[ ({vat})] for linjer på konto[ {account}] har ulikt fortegn.", "Slike linjer kan ikke bokføres som én postering. Krediter fakturaen og lag en ny med riktig mva."),
    ),
)

AMOUNTS = (
    Entry(
        "total_mismatch", PERMANENT, MOMENT,
        en=("The lines do not add up to the invoice[: {sum} is {header} on the invoice and {lines_sum} in the lines, a difference of {difference}].", "Compare the lines with the invoice in Moment. If it is wrong, credit it and make a new one; if Moment shows it correctly, tell Moment's support."),
        nb=("Linjene summerer seg ikke til fakturaen[: {sum} er {header} på fakturaen og {lines_sum} i linjene, en differanse på {difference}].", "Sammenlign linjene med fakturaen i Moment. Er den feil, krediterer du den og lager en ny; viser Moment den riktig, melder du fra til Moments brukerstøtte."),
    ),
    Entry(
        "amount_decimals", PERMANENT, MOMENT,
        en=("An amount[, {amount},] has more than two decimals.", "Round the amount in Moment: credit the invoice and make a new one."),
        nb=("Et beløp[, {amount},] har mer enn to desimaler.", "Rund av beløpet i Moment: krediter fakturaen og lag en ny."),
    ),
    Entry(
        "amount_invalid", PERMANENT, MOMENT,
        en=("An amount[, {amount},] is not a number that can be posted.", "Look at the invoice in Moment. If it shows a sensible amount there, tell Moment's support."),
        nb=("Et beløp[, {amount},] er ikke et tall som kan bokføres.", "Se på fakturaen i Moment. Viser den et fornuftig beløp der, melder du fra til Moments brukerstøtte."),
    ),
    Entry(
        "gross_mismatch", PERMANENT, BILAG,
        en=("Gross is not net plus VAT.", "This is a fault in Bilag. Send the number of the invoice to whoever runs Bilag."),
        nb=("Brutto er ikke netto pluss mva.", "Dette er en feil i Bilag. Send fakturanummeret til den som drifter Bilag."),
    ),
    Entry(
        "line_amount_zero", PERMANENT, BILAG,
        en=("An entry has only zero amounts.", "This is a fault in Bilag. Send the number of the invoice to whoever runs Bilag."),
        nb=("En postering har bare nullbeløp.", "Dette er en feil i Bilag. Send fakturanummeret til den som drifter Bilag."),
    ),
    Entry(
        "voucher_unbalanced", PERMANENT, BILAG,
        en=("Debit and credit of the voucher differ.", "This is a fault in Bilag. Send the number of the invoice to whoever runs Bilag."),
        nb=("Debet og kredit i bilaget er ulike.", "Dette er en feil i Bilag. Send fakturanummeret til den som drifter Bilag."),
    ),
)

DATES = (
    Entry(
        "invoice_date_missing", PERMANENT, MOMENT,
        en=("The invoice has no invoice date.", "Look at the invoice in Moment; a finalised invoice has a date. Tell Moment's support if it is missing there."),
        nb=("Fakturaen har ingen fakturadato.", "Se på fakturaen i Moment; en ferdigstilt faktura har dato. Meld fra til Moments brukerstøtte hvis den mangler der."),
    ),
    Entry(
        "period_closed", PERMANENT, ACCOUNTING,
        en=("The period[ {period}][ of {date}] is closed in the accounting system.", "Open the period in the accounting system, retry, and close it again. Bilag never moves an invoice to another date."),
        nb=("Perioden[ {period}][ for {date}] er avsluttet i regnskapssystemet.", "Åpne perioden i regnskapssystemet, prøv igjen, og lukk den deretter. Bilag flytter aldri en faktura til en annen dato."),
    ),
    Entry(
        "period_unknown", PERMANENT, ACCOUNTING,
        en=("No accounting period is set up[ for {date}].", "Set up the year or period in the accounting system, then retry."),
        nb=("Det er ikke opprettet noen regnskapsperiode[ for {date}].", "Opprett året eller perioden i regnskapssystemet, og prøv igjen."),
    ),
    Entry(
        "date_locked", PERMANENT, ACCOUNTING,
        en=("The invoice date[ {date}] is on or before the lock date[ {lock_date}] of the accounting system.", "Move the lock date back in the accounting system, retry, and set it again."),
        nb=("Fakturadatoen[ {date}] er på eller før låsedatoen[ {lock_date}] i regnskapssystemet.", "Flytt låsedatoen tilbake i regnskapssystemet, prøv igjen, og sett den på nytt."),
    ),
    Entry(
        "due_before_invoice_date", PERMANENT, MOMENT,
        en=("The due date[ {due_date}] is before the invoice date[ {date}].", "Credit the invoice in Moment and make a new one with a correct due date."),
        nb=("Forfallsdatoen[ {due_date}] er før fakturadatoen[ {date}].", "Krediter fakturaen i Moment og lag en ny med riktig forfallsdato."),
    ),
    Entry(
        "accrual_not_available", PERMANENT, BILAG,
        en=("The service period[ {first} to {last}] of lines on account[ {account}] goes beyond the invoice's month, and Bilag cannot accrue yet.", "Switch accrual off in the setup and retry; the accountant then accrues by hand. Or post the invoice by hand and set it to \"Do not transfer\" in Moment."),
        nb=("Leveringsperioden[ {first} til {last}] for linjer på konto[ {account}] går ut over fakturaens måned, og Bilag kan ikke periodisere ennå.", "Slå av periodisering i oppsettet og prøv igjen; regnskapsføreren periodiserer da for hånd. Eller bokfør fakturaen for hånd og sett den til «Ikke overfør» i Moment."),
    ),
    Entry(
        "accrual_not_supported", CONFIGURATION, BILAG,
        en=("The accounting system does not take accrual on a line.", "Switch accrual off in the setup, or ask Azets to open for it."),
        nb=("Regnskapssystemet tar ikke imot periodisering på linjen.", "Slå av periodisering i oppsettet, eller be Azets åpne for det."),
    ),
    Entry(
        "accrual_period_invalid", PERMANENT, MOMENT,
        en=("The service period[ {first} to {last}] ends before it begins, or is longer than 60 months.", "Correct the period in Moment: credit the invoice and make a new one. Or post it by hand."),
        nb=("Leveringsperioden[ {first} til {last}] slutter før den begynner, eller er lengre enn 60 måneder.", "Rett perioden i Moment: krediter fakturaen og lag en ny. Eller bokfør den for hånd."),
    ),
)

HEADER = (
    Entry(
        "invoice_not_finalized", PERMANENT, MOMENT,
        en=("The invoice is not finalised, or has no number yet.", "Finalise it in Moment; it is then posted by itself."),
        nb=("Fakturaen er ikke ferdigstilt, eller har ikke fått nummer ennå.", "Ferdigstill den i Moment; da bokføres den av seg selv."),
    ),
    Entry(
        "voucher_number_invalid", PERMANENT, ACCOUNTING,
        en=("The accounting system does not take invoice number[ {number}] as a voucher number[; it takes {minimum} to {maximum}].", "Widen the number range in the accounting system, then retry. Bilag never changes the number of an invoice."),
        nb=("Regnskapssystemet tar ikke fakturanummer[ {number}] som bilagsnummer[; det tar {minimum} til {maximum}].", "Utvid nummerserien i regnskapssystemet, og prøv igjen. Bilag endrer aldri nummeret på en faktura."),
    ),
    Entry(
        "kid_invalid", PERMANENT, MOMENT,
        en=("Payment id (KID)[ {payment_id}] has a wrong length or check digit[; {method} is expected][, {min_length} to {max_length} characters].", "Compare the KID setting in Moment with the bank agreement and with the rule in the accounting system. Mend the one that is wrong and retry; if it is the invoice's KID, credit the invoice and make a new one."),
        nb=("KID[ {payment_id}] har feil lengde eller kontrollsiffer[; {method} er ventet][, {min_length} til {max_length} tegn].", "Sammenlign KID-innstillingen i Moment med bankavtalen og med regelen i regnskapssystemet. Rett den som er feil, og prøv igjen; er det fakturaens KID, krediterer du fakturaen og lager en ny."),
    ),
    Entry(
        "currency_unknown", PERMANENT, ACCOUNTING,
        en=("Currency[ {currency}] is not set up in the accounting system.", "Set the currency up in the accounting system, then retry."),
        nb=("Valutaen[ {currency}] er ikke lagt inn i regnskapssystemet.", "Legg inn valutaen i regnskapssystemet, og prøv igjen."),
    ),
    Entry(
        "exchange_rate_required", PERMANENT, MOMENT,
        en=("The invoice is in[ {currency},] a foreign currency and has no usable exchange rate[ ({rate})].", "Enter the rate in Moment: credit the invoice and make a new one. Or post it by hand and set it to \"Do not transfer\" in Moment."),
        nb=("Fakturaen er i[ {currency},] utenlandsk valuta og har ingen brukbar valutakurs[ ({rate})].", "Legg inn kursen i Moment: krediter fakturaen og lag en ny. Eller bokfør den for hånd og sett den til «Ikke overfør» i Moment."),
    ),
    Entry(
        "exchange_rate_not_one", PERMANENT, MOMENT,
        en=("The invoice is in the company's own currency[ {currency}], but has an exchange rate[ of {rate}] other than 1.", "Check currency and rate in Moment: one of them is wrong. Credit the invoice and make a new one."),
        nb=("Fakturaen er i selskapets egen valuta[ {currency}], men har en annen valutakurs[ ({rate})] enn 1.", "Kontroller valuta og kurs i Moment: en av dem er feil. Krediter fakturaen og lag en ny."),
    ),
)

VOUCHER_CODES = (*HEADER, *ACCOUNTS, *VAT, *AMOUNTS, *DATES)
