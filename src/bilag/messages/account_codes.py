"""Problems of accounts and VAT codes. The hub's codes and our own."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, MOMENT, PERMANENT, Entry

ACCOUNTS = (
    Entry(
        "account_missing",
        PERMANENT,
        MOMENT,
        en=(
            "A line has an amount and no account.",
            "Choose a financial account for the article or activity of the line in Moment, then retry.",
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
            "[Account {account}|The account] does not exist in the accounting system.",
            "Create the account in the accounting system with the same number as in Moment, then retry. If the number is wrong in Moment, credit the invoice and make a new one.",
        ),
        nb=(
            "[Konto {account}|Kontoen] finnes ikke i regnskapssystemet.",
            "Opprett kontoen i regnskapssystemet med samme nummer som i Moment, og prøv igjen. Er nummeret feil i Moment, krediterer du fakturaen og lager en ny.",
        ),
    ),
    Entry(
        "account_inactive",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Account {account}|The account][ ({account_name})] is not in use any more in the accounting system.",
            "Make the account active again in the accounting system, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][ ({account_name})] er ikke lenger i bruk i regnskapssystemet.",
            "Gjør kontoen aktiv igjen i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "account_not_postable",
        PERMANENT,
        MOMENT,
        en=(
            "[Account {account}|The account][ ({account_name})] is a control account, which cannot be posted to directly.",
            "Choose an income account for the line in Moment: credit the invoice and make a new one.",
        ),
        nb=(
            "[Konto {account}|Kontoen][ ({account_name})] er en samlekonto som det ikke kan bokføres direkte på.",
            "Velg en inntektskonto for linjen i Moment: krediter fakturaen og lag en ny.",
        ),
    ),
    Entry(
        "setup_account_unknown",
        PERMANENT,
        BILAG,
        en=(
            "[Account {account}|The account][, which the setup names as {setup},] does not exist in the accounting system.",
            "Choose another account in the setup, or create it in the accounting system, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][, som oppsettet har som {setup},] finnes ikke i regnskapssystemet.",
            "Velg en annen konto i oppsettet, eller opprett den i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "setup_account_inactive",
        PERMANENT,
        BILAG,
        en=(
            "[Account {account}|The account][, which the setup names as {setup},] is not in use any more in the accounting system.",
            "Choose another account in the setup, or make this one active again in the accounting system, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][, som oppsettet har som {setup},] er ikke lenger i bruk i regnskapssystemet.",
            "Velg en annen konto i oppsettet, eller gjør denne aktiv igjen i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "setup_account_not_postable",
        PERMANENT,
        BILAG,
        en=(
            "[Account {account}|The account][, which the setup names as {setup},] is a control account, which cannot be posted to directly.",
            "Choose another account in the setup, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen][, som oppsettet har som {setup},] er en samlekonto som det ikke kan bokføres direkte på.",
            "Velg en annen konto i oppsettet, og prøv igjen.",
        ),
    ),
    Entry(
        "rounding_account_needs_vat_code",
        PERMANENT,
        BILAG,
        en=(
            "The rounding account[ {account}] needs a VAT code, and a rounding has none.",
            "Choose a rounding account without VAT code in the setup, usually 7740, then retry.",
        ),
        nb=(
            "Avrundingskontoen[ {account}] krever mva-kode, og en avrunding har ingen.",
            "Velg en avrundingskonto uten mva-kode i oppsettet, vanligvis 7740, og prøv igjen.",
        ),
    ),
    Entry(
        "accrual_account_needs_vat_code",
        PERMANENT,
        BILAG,
        en=(
            "The[ {setup}] account[ {account}] needs a VAT code, and an accrual has none: VAT is never spread.",
            "Choose an account without VAT code in the setup, then retry.",
        ),
        nb=(
            "Kontoen[ {account}][ ({setup})] krever mva-kode, og en periodisering har ingen: mva fordeles aldri.",
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
            "[VAT code {vat_code}|The VAT code] does not exist in the accounting system.",
            "VAT codes must be equal on both sides. Create the code in the accounting system[ or correct it on account {account} in Moment], then retry.",
        ),
        nb=(
            "[Mva-kode {vat_code}|Mva-koden] finnes ikke i regnskapssystemet.",
            "Mva-kodene må være like på begge sider. Opprett koden i regnskapssystemet[ eller rett den på konto {account} i Moment], og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_inactive",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[VAT code {vat_code}|The VAT code][ ({vat_code_name})] is not in use any more in the accounting system.",
            "Make the VAT code active again in the accounting system, then retry.",
        ),
        nb=(
            "[Mva-kode {vat_code}|Mva-koden][ ({vat_code_name})] er ikke lenger i bruk i regnskapssystemet.",
            "Gjør mva-koden aktiv igjen i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_required",
        PERMANENT,
        MOMENT,
        en=(
            "[Account {account}|The account] needs a VAT code, and the line has none.",
            "Enter the accounting VAT code[ ({allowed})] on [account {account}|the account] in Moment, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen] krever mva-kode, og linjen har ingen.",
            "Legg inn regnskapets mva-kode[ ({allowed})] på [konto {account}|kontoen] i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_missing",
        PERMANENT,
        MOMENT,
        en=(
            "The line has VAT[ of {vat}] and no VAT code.",
            "Enter the accounting VAT code on [account {account}|the account] in Moment, then retry.",
        ),
        nb=(
            "Linjen har mva[ på {vat}], men ingen mva-kode.",
            "Legg inn regnskapets mva-kode på [konto {account}|kontoen] i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_not_allowed_on_account",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Account {account}|The account] does not take [VAT code {vat_code}|this VAT code].",
            "Allow the VAT code on the account in the accounting system[ (it takes {allowed} now)], or correct the account's VAT code in Moment, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen] tar ikke [mva-kode {vat_code}|denne mva-koden].",
            "Tillat mva-koden på kontoen i regnskapssystemet[ (den tar {allowed} nå)], eller rett kontoens mva-kode i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_code_not_for_sales",
        PERMANENT,
        MOMENT,
        en=(
            "[VAT code {vat_code}|The VAT code][ ({vat_code_name})] is for purchases and cannot be used on a sale.",
            "Enter a VAT code for sales on the account in Moment, then retry.",
        ),
        nb=(
            "[Mva-kode {vat_code}|Mva-koden][ ({vat_code_name})] er for kjøp og kan ikke brukes på et salg.",
            "Legg inn en mva-kode for salg på kontoen i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "vat_amount_mismatch",
        PERMANENT,
        MOMENT,
        en=(
            "The VAT[ is {vat}, but net {net} with code {vat_code} at {rate} % gives {expected}; it] differs by more than 1.00 from net times rate.",
            "Check the VAT rate of the account in Moment against the VAT code in the accounting system. If the invoice is wrong, credit it and make a new one.",
        ),
        nb=(
            "Mva[ er {vat}, men netto {net} med kode {vat_code} på {rate} % gir {expected}; beløpet] avviker mer enn 1,00 fra netto ganger sats.",
            "Kontroller mva-satsen på kontoen i Moment mot mva-koden i regnskapssystemet. Er fakturaen feil, krediterer du den og lager en ny.",
        ),
    ),
    Entry(
        "vat_rate_mismatch",
        PERMANENT,
        MOMENT,
        en=(
            "The VAT rate[ {rate} %] does not fit [VAT code {vat_code}|its VAT code][ (standard code {standard_code})], which has [{expected_rate} %|another rate][ on {date}].",
            "If the rate is right, enter the VAT code that has it on [account {account}|the account] in Moment, then retry. If the rate is wrong, correct it on the account; an invoice that has it is credited and made anew.",
        ),
        nb=(
            "Mva-satsen[ {rate} %] passer ikke til [mva-kode {vat_code}|mva-koden][ (standardkode {standard_code})], som har [{expected_rate} %|en annen sats][ {date}].",
            "Er satsen riktig, legger du inn mva-koden som har den på [konto {account}|kontoen] i Moment og prøver igjen. Er satsen feil, retter du den på kontoen; en faktura som har den, krediteres og lages på nytt.",
        ),
    ),
    Entry(
        "vat_sign",
        PERMANENT,
        MOMENT,
        en=(
            "Net[ ({net})] and VAT[ ({vat})] of lines on [account {account}|the account] have different signs.",
            "Such lines cannot be posted as one entry. Credit the invoice and make a new one with the VAT corrected.",
        ),
        nb=(
            "Netto[ ({net})] og mva[ ({vat})] for linjer på [konto {account}|kontoen] har ulikt fortegn.",
            "Slike linjer kan ikke bokføres som én postering. Krediter fakturaen og lag en ny med riktig mva.",
        ),
    ),
)

ACCOUNT_CODES = (*ACCOUNTS, *VAT)
