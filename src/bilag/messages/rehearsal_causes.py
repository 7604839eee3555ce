"""Why vouchers differ from what Bilag would have posted: a message and a remedy for each cause, in both languages."""

Texts = tuple[tuple[str, str], tuple[str, str]]
"""Message and remedy, in English and in Norwegian."""
ACCEPT = ("Accept the proposed setup, then rehearse again.", "Godta det foreslåtte oppsettet, og prøvekjør på nytt.")
ASK = ("Ask the accountant which of the two is right.", "Spør regnskapsføreren hva som er riktig.")
TEXTS = (
    "Nothing to do. If a text is proposed, you may accept it, so that texts stay as they are.",
    "Du trenger ikke gjøre noe. Hvis en tekst er foreslått, kan du godta den, så blir tekstene som før.",
)
NOTHING = ("Nothing to do.", "Du trenger ikke gjøre noe.")


def _texts(english: str, norwegian: str, remedy: tuple[str, str]) -> Texts:
    return (english, remedy[0]), (norwegian, remedy[1])


CAUSES: dict[str, Texts] = {
    "unit_moved": _texts(
        "The {dimension} is in unit {found}, not in unit {expected}.",
        "{Dimension} ligger i enhet {found}, ikke i enhet {expected}.",
        ACCEPT,
    ),
    "unit_unset": _texts(
        "The {dimension} is in unit {found}, and the setup has no unit for it.",
        "{Dimension} ligger i enhet {found}, og oppsettet har ingen enhet for dette.",
        ACCEPT,
    ),
    "unit_empty": _texts(
        "The vouchers have no {dimension} in unit {unit}.",
        "Bilagene har ikke {dimension} i enhet {unit}.",
        ASK,
    ),
    "unit_value": _texts(
        "The vouchers have another {dimension} in unit {unit} than the invoices.",
        "Bilagene har en annen verdi for {dimension} i enhet {unit} enn fakturaene.",
        ASK,
    ),
    "unit_other": _texts(
        "The vouchers have a value in unit {unit} that Moment does not have.",
        "Bilagene har en verdi i enhet {unit} som ikke finnes i Moment.",
        (
            "Bilag leaves this unit blank. Ask the accountant whether it is needed.",
            "Bilag lar denne enheten stå tom. Spør regnskapsføreren om den trengs.",
        ),
    ),
    "number_form": _texts(
        "Unit {unit} has the number of the {dimension} with other leading zeros than Moment.",
        "Enhet {unit} har nummeret for {dimension} med andre ledende nuller enn Moment.",
        (
            "Use the same numbers in both systems: change them in Moment or in accounting.",
            "Bruk samme numre i begge systemene: Endre dem i Moment eller i regnskapet.",
        ),
    ),
    "vat_code": _texts(
        "[Account {account} has|The VAT has] VAT code {found} in the journal, not {expected}[, until {until}][, since {since}].",
        "[Konto {account}|Avgiften] har mva-kode {found} i journalen, ikke {expected}[, til og med {until}][, fra og med {since}].",
        (
            "Bilag uses the VAT code of the account in Moment. Ask the accountant which code is right.",
            "Bilag bruker mva-koden på kontoen i Moment. Spør regnskapsføreren hvilken kode som er riktig.",
        ),
    ),
    "account": _texts(
        "The journal has account {found}, not {expected}.",
        "Journalen har konto {found}, ikke {expected}.",
        (
            "Bilag uses the account of the invoice line. Ask the accountant which account is right.",
            "Bilag bruker kontoen på fakturalinjen. Spør regnskapsføreren hvilken konto som er riktig.",
        ),
    ),
    "rounding_account": _texts(
        "Rounding is on account {found}, not on {expected}.",
        "Avrunding er ført på konto {found}, ikke på {expected}.",
        ACCEPT,
    ),
    "amount_ore": _texts(
        "Amounts differ by less than one krone.",
        "Beløpene avviker med mindre enn én krone.",
        (
            "Bilag posts the amounts of the invoice. Correct the voucher if it is wrong.",
            "Bilag bokfører beløpene på fakturaen. Rett bilaget hvis det er feil.",
        ),
    ),
    "amount": _texts(
        "Amounts differ.",
        "Beløpene avviker.",
        (
            "Bilag posts the amounts of the invoice. Correct the voucher if it is wrong.",
            "Bilag bokfører beløpene på fakturaen. Rett bilaget hvis det er feil.",
        ),
    ),
    "accrual_not_set": _texts(
        "The journal spreads income over months, with debit account {debit} and credit account {credit}. The setup does not.",
        "Journalen periodiserer inntekt, med debetkonto {debit} og kreditkonto {credit}. Oppsettet gjør ikke det.",
        ACCEPT,
    ),
    "accrual_missing": _texts(
        "The setup spreads income over months. The journal does not.",
        "Oppsettet periodiserer inntekt. Journalen gjør ikke det.",
        ACCEPT,
    ),
    "accrual_sides": _texts(
        "The accounts of accrual are the other way round: debit account {debit}, credit account {credit}.",
        "Kontoene for periodisering er byttet om: debetkonto {debit}, kreditkonto {credit}.",
        ACCEPT,
    ),
    "accrual_accounts": _texts(
        "Accrual uses other accounts: debit account {debit}, credit account {credit}.",
        "Periodiseringen bruker andre kontoer: debetkonto {debit}, kreditkonto {credit}.",
        ACCEPT,
    ),
    "accrual_by": _texts("Income is spread {by}.", "Inntekten er fordelt {by}.", ACCEPT),
    "accrual_other": _texts(
        "Income is spread over months in a way that Bilag does not know.",
        "Inntekten periodiseres på en måte som Bilag ikke kjenner.",
        (
            "Open an invoice to see the differences, and ask the accountant how it was spread.",
            "Åpne en faktura for å se avvikene, og spør regnskapsføreren hvordan den er periodisert.",
        ),
    ),
    "customer_form": _texts(
        "The journal has the customer number {form}.",
        "Journalen har kundenummeret {form}.",
        (
            "Use the same customer numbers in both systems before you switch on.",
            "Bruk samme kundenumre i begge systemene før du slår på.",
        ),
    ),
    "customer": _texts("The journal has another customer.", "Journalen har en annen kunde.", ASK),
    "type": _texts(
        "One system has an invoice where the other has a credit note.",
        "Det ene systemet har en faktura der det andre har en kreditnota.",
        ASK,
    ),
    "date": _texts(
        "The voucher has another date than the invoice.",
        "Bilaget har en annen dato enn fakturaen.",
        ("Bilag posts on the invoice date.", "Bilag bokfører på fakturadatoen."),
    ),
    "due_date": _texts(
        "[{absent} has no due date.|The due dates differ.]",
        "[{absent} har ingen forfallsdato.|Forfallsdatoene er ulike.]",
        ("Bilag uses the due date of the invoice.", "Bilag bruker forfallsdatoen på fakturaen."),
    ),
    "value_date": _texts(
        "The voucher counts in another accounting period.",
        "Bilaget er ført i en annen regnskapsperiode.",
        ("Bilag posts in the period of the invoice date.", "Bilag bokfører i perioden til fakturadatoen."),
    ),
    "payment_id": _texts(
        "[{absent} has no KID.|The KIDs differ.]",
        "[{absent} har ingen KID.|KID er ulik.]",
        ("Bilag uses the KID of the invoice.", "Bilag bruker KID på fakturaen."),
    ),
    "currency": _texts("The currencies differ.", "Valutaen er ulik.", ASK),
    "credited_number": _texts(
        "[{absent} does not say which invoice a credit note credits.|The credited invoices differ.]",
        "[{absent} sier ikke hvilken faktura en kreditnota krediterer.|De krediterte fakturaene er ulike.]",
        NOTHING,
    ),
    "your_reference": _texts(
        "[{absent} has no reference.|The references differ.]",
        "[{absent} har ingen referanse.|Referansene er ulike.]",
        NOTHING,
    ),
    "text": _texts("The voucher texts differ.", "Bilagstekstene er ulike.", TEXTS),
    "entry_text": _texts("The texts of entries differ.", "Posteringstekstene er ulike.", TEXTS),
    "line_texts": _texts(
        "The journal has an entry with its own text for each invoice line. Bilag posts one entry for the lines of an account.",
        "Journalen har en postering med egen tekst for hver fakturalinje. Bilag bokfører én postering for linjene på en konto.",
        NOTHING,
    ),
    "accrual_text": _texts(
        "The vouchers that spread income have other texts.",
        "Periodiseringsbilagene har andre tekster.",
        NOTHING,
    ),
    "related": _texts(
        "The vouchers that spread income do not refer to their invoice.",
        "Periodiseringsbilagene viser ikke til fakturaen.",
        NOTHING,
    ),
    "number": _texts(
        "The voucher number is the invoice number[ plus {offset}][ minus {less}][ {documents}][, from invoice {from_number}]"
        "[, to invoice {to_number}].",
        "Bilagsnummeret er fakturanummeret[ pluss {offset}][ minus {less}][ {documents}][, fra og med faktura {from_number}]"
        "[, til og med faktura {to_number}].",
        ("Bilag uses the invoice number itself.", "Bilag bruker selve fakturanummeret."),
    ),
    "missing": _texts(
        "Invoices are not in the journal.",
        "Fakturaer finnes ikke i journalen.",
        (
            "Ask the accountant why. Bilag would have posted them.",
            "Spør regnskapsføreren hvorfor. Bilag ville bokført dem.",
        ),
    ),
    "duplicate": _texts(
        "Invoices are posted more than once.",
        "Fakturaer er bokført mer enn én gang.",
        (
            "Reverse the extra vouchers in accounting.",
            "Reverser de overflødige bilagene i regnskapet.",
        ),
    ),
    "unknown": _texts(
        "Vouchers of the series have no invoice in Moment.",
        "Bilag i serien har ingen faktura i Moment.",
        ("Ask the accountant who posted them.", "Spør regnskapsføreren hvem som bokførte dem."),
    ),
    "other": _texts(
        "Vouchers differ, and Bilag does not see why.",
        "Bilag i journalen avviker uten at årsaken er kjent.",
        ("Open an invoice to see the differences.", "Åpne en faktura for å se avvikene."),
    ),
}
