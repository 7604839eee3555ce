"""Problems of accounts and VAT codes. Codes of the hub and of Bilag."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, MOMENT, PERMANENT, Entry

ACCOUNTS = (
    Entry(
        "account_missing",
        PERMANENT,
        MOMENT,
        en=(
            "A line has an amount but no account.",
            "Select a financial account for the article or activity of the line in Moment, then retry.",
        ),
        nb=(
            "En linje har beløp, men ingen konto.",
            "Velg konto på artikkelen eller aktiviteten som linjen gjelder i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "account_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Account {account}|The account] does not exist in <system>.",
            'Create the account in <system> with the same number as in Moment, then retry. If the number is wrong in Moment, credit the invoice and create a new one. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "[Konto {account}|Kontoen] finnes ikke i <system>.",
            "Opprett kontoen i <system> med samme nummer som i Moment, og prøv igjen. Er nummeret feil i Moment, krediterer du fakturaen og lager en ny. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "account_inactive",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Account {account}|The account][ ({account_name})] is inactive in <system>.",
            "Activate the account in <system>, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][ ({account_name})] er inaktiv i <system>.",
            "Aktiver kontoen i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "account_not_postable",
        PERMANENT,
        MOMENT,
        en=(
            "[Account {account}|The account][ ({account_name})] is a control account, which cannot be posted to directly.",
            'Credit the invoice in Moment and create a new one with an income account on the line. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "[Konto {account}|Kontoen][ ({account_name})] er en samlekonto som det ikke kan bokføres direkte på.",
            "Krediter fakturaen i Moment, og lag en ny med en inntektskonto på linjen. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "setup_account_unknown",
        PERMANENT,
        BILAG,
        en=(
            "[Account {account}|The account][, the {setup} in the setup,] does not exist in <system>.",
            "Select another account in the setup, or create the account in <system>, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][, {setup} i oppsettet,] finnes ikke i <system>.",
            "Velg en annen konto i oppsettet, eller opprett kontoen i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "setup_account_inactive",
        PERMANENT,
        BILAG,
        en=(
            "[Account {account}|The account][, the {setup} in the setup,] is inactive in <system>.",
            "Select another account in the setup, or activate this one in <system>, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][, {setup} i oppsettet,] er inaktiv i <system>.",
            "Velg en annen konto i oppsettet, eller aktiver denne i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "setup_account_not_postable",
        PERMANENT,
        BILAG,
        en=(
            "[Account {account}|The account][, the {setup} in the setup,] is a control account, which cannot be posted to directly.",
            "Select another account in the setup, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][, {setup} i oppsettet,] er en samlekonto som det ikke kan bokføres direkte på.",
            "Velg en annen konto i oppsettet, og prøv igjen.",
        ),
    ),
    Entry(
        "rounding_account_needs_vat_code",
        PERMANENT,
        BILAG,
        en=(
            "The rounding account[ {account}] requires a VAT code, but a rounding difference has none.",
            "Select a rounding account without a VAT code in the setup, usually 7740, then retry.",
        ),
        nb=(
            "Avrundingskontoen[ {account}] krever mva-kode, men en avrunding har ingen.",
            "Velg en avrundingskonto uten mva-kode i oppsettet, vanligvis 7740, og prøv igjen.",
        ),
    ),
    Entry(
        "accrual_account_needs_vat_code",
        PERMANENT,
        BILAG,
        en=(
            "[Account {account}|The account][, the {setup} in the setup,] requires a VAT code, but accrual entries have none.",
            "Select an account without a VAT code in the setup, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][, {setup} i oppsettet,] krever mva-kode, men periodiseringer har ingen.",
            "Velg en konto uten mva-kode i oppsettet, og prøv igjen.",
        ),
    ),
)

VAT = (
    Entry(
        "vat_code_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[VAT code {vat_code}|The VAT code] does not exist in <system>.",
            "The VAT codes must be the same in both systems. Create the code in <system>[ or correct it on account {account} in Moment], then retry.",
        ),
        nb=(
            "[Mva-kode {vat_code}|Mva-koden] finnes ikke i <system>.",
            "Mva-kodene må være like i begge systemer. Opprett koden i <system>[ eller rett den på konto {account} i Moment], og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_inactive",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[VAT code {vat_code}|The VAT code][ ({vat_code_name})] is inactive in <system>.",
            "Activate the VAT code in <system>, then retry.",
        ),
        nb=(
            "[Mva-kode {vat_code}|Mva-koden][ ({vat_code_name})] er inaktiv i <system>.",
            "Aktiver mva-koden i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_required",
        PERMANENT,
        MOMENT,
        en=(
            "[Account {account}|The account] requires a VAT code, but the line has none.",
            "Enter the VAT code[ ({allowed})] on [account {account}|the account] in Moment, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen] krever mva-kode, men linjen har ingen.",
            "Legg inn mva-koden[ ({allowed})] på [konto {account}|kontoen] i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_missing",
        PERMANENT,
        MOMENT,
        en=(
            "The line has VAT[ of {vat}] but no VAT code.",
            "Enter the VAT code on [account {account}|the account] in Moment, then retry.",
        ),
        nb=(
            "Linjen har mva[ på {vat}], men ingen mva-kode.",
            "Legg inn mva-koden på [konto {account}|kontoen] i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_not_allowed_on_account",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Account {account}|The account] does not accept [VAT code {vat_code}|this VAT code].",
            "Allow the VAT code on the account in <system>[ (it accepts {allowed} now)], or correct the VAT code of the account in Moment, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen] godtar ikke [mva-kode {vat_code}|denne mva-koden].",
            "Tillat mva-koden på kontoen i <system>[ (den godtar {allowed} nå)], eller rett mva-koden på kontoen i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_not_for_sales",
        PERMANENT,
        MOMENT,
        en=(
            "[VAT code {vat_code}|The VAT code][ ({vat_code_name})] is for purchases and cannot be used for sales.",
            "Enter a VAT code for sales on the account in Moment, then retry.",
        ),
        nb=(
            "[Mva-kode {vat_code}|Mva-koden][ ({vat_code_name})] gjelder kjøp og kan ikke brukes på salg.",
            "Legg inn en mva-kode for salg på kontoen i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_amount_mismatch",
        PERMANENT,
        MOMENT,
        en=(
            "The VAT[ is {vat}, but net {net} with VAT code {vat_code} at {rate} % gives {expected}. The amount] differs by more than 1.00 from the net amount times the rate.",
            'Check that the VAT rate of the account in Moment matches the VAT code in <system>. If the invoice is wrong, credit it and create a new one. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "Mva[ er {vat}, men netto {net} med mva-kode {vat_code} på {rate} % gir {expected}. Beløpet] avviker med mer enn 1,00 fra nettobeløpet ganger satsen.",
            "Kontroller at mva-satsen på kontoen i Moment stemmer med mva-koden i <system>. Er fakturaen feil, krediterer du den og lager en ny. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "vat_rate_mismatch",
        PERMANENT,
        MOMENT,
        en=(
            "The VAT rate[ {rate} %] does not match [VAT code {vat_code}|the VAT code][ (standard code {standard_code})], which has [{expected_rate} %|another rate][ on {date}].",
            'If the rate is correct, enter the VAT code with this rate on [account {account}|the account] in Moment, then retry. If the rate is wrong, correct it on the account. Then credit the invoice and create a new one. Finally, select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "Mva-satsen[ {rate} %] stemmer ikke med [mva-kode {vat_code}|mva-koden][ (standardkode {standard_code})], som har [{expected_rate} %|en annen sats][ per {date}].",
            "Er satsen riktig, legger du inn mva-koden med denne satsen på [konto {account}|kontoen] i Moment, og prøver igjen. Er satsen feil, retter du den på kontoen. Deretter krediterer du fakturaen og lager en ny. Velg til slutt «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "vat_sign",
        PERMANENT,
        MOMENT,
        en=(
            "The net amount[ ({net})] and the VAT[ ({vat})] of lines on [account {account}|the account] have opposite signs.",
            'Such lines cannot be posted as one entry. Credit the invoice and create a new one with the correct VAT. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "Nettobeløpet[ ({net})] og mva[ ({vat})] på linjer på [konto {account}|kontoen] har motsatt fortegn.",
            "Slike linjer kan ikke bokføres som én postering. Krediter fakturaen, og lag en ny med riktig mva. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
)

ACCOUNT_CODES = (*ACCOUNTS, *VAT)
