"""Problems that a reconciliation finds, and the problem of one that was interrupted. Bilag's own codes."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, PERMANENT, TRANSIENT, Entry

RECONCILIATION_CODES = (
    Entry(
        "reconciliation_interrupted",
        TRANSIENT,
        BILAG,
        en=(
            "The reconciliation was interrupted, so the period is not checked.",
            "Start it again. Bilag also runs it automatically each night.",
        ),
        nb=(
            "Avstemmingen ble avbrutt, så perioden er ikke kontrollert.",
            "Start den på nytt. Bilag kjører den også automatisk hver natt.",
        ),
    ),
    Entry(
        "reconciliation_missing",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, posted|Posted] invoices are no longer in the journal[ ({count})].",
            "Open the reconciliation to see the invoices, and ask the accountant who reversed the vouchers. If a voucher is correct, reverse its reversal in the accounting system. If it is wrong, credit the invoice in Moment. If a voucher is deleted, transfer the invoice again from the reconciliation.",
        ),
        nb=(
            "[I {month} finnes bokførte fakturaer|Bokførte fakturaer finnes] ikke lenger i journalen[ ({count})].",
            "Åpne avstemmingen for å se fakturaene, og spør regnskapsføreren hvem som reverserte bilagene. Er bilaget riktig, reverserer du reverseringen i regnskapssystemet. Er det feil, krediterer du fakturaen i Moment. Er bilaget slettet, overfører du fakturaen på nytt fra avstemmingen.",
        ),
    ),
    Entry(
        "reconciliation_differing",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, vouchers|Vouchers] in the journal differ from their invoices in Moment[ ({count})].",
            "Open the reconciliation to see the differences field by field. Correct the voucher in the accounting system, or credit the invoice in Moment and create a new one.",
        ),
        nb=(
            "[I {month} avviker bilag|Bilag avviker] i journalen fra fakturaene i Moment[ ({count})].",
            "Åpne avstemmingen for å se avvikene felt for felt. Rett bilaget i regnskapssystemet, eller krediter fakturaen i Moment og lag en ny.",
        ),
    ),
    Entry(
        "reconciliation_duplicate",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, invoices|Invoices] are posted more than once in the journal[ ({count})].",
            "Open the reconciliation to see the invoices with their journal numbers, and reverse the extra vouchers in the accounting system.",
        ),
        nb=(
            "[I {month} er fakturaer|Fakturaer er] bokført mer enn én gang i journalen[ ({count})].",
            "Åpne avstemmingen for å se fakturaene med journalnumrene, og reverser de overflødige bilagene i regnskapssystemet.",
        ),
    ),
    Entry(
        "reconciliation_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, vouchers|Vouchers] with numbers of Moment's invoices do not belong to any invoice in Moment[ ({count})].",
            "Open the reconciliation to see the vouchers, and ask the accountant who posted them. A voucher that is posted manually needs a number of another series.",
        ),
        nb=(
            "[I {month} finnes bilag|Det finnes bilag] blant Moments fakturanumre som ikke hører til noen faktura i Moment[ ({count})].",
            "Åpne avstemmingen for å se bilagene, og spør regnskapsføreren hvem som bokførte dem. Et bilag som bokføres manuelt, må ha nummer fra en annen serie.",
        ),
    ),
)
