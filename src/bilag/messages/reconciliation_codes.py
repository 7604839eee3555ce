"""Problems that a reconciliation finds, and the problems of one, and of a rehearsal, that was interrupted. Bilag's own codes."""
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
        "rehearsal_interrupted",
        TRANSIENT,
        BILAG,
        en=(
            "The rehearsal was interrupted before it was done.",
            "Start it again for the same period. It continues where it was.",
        ),
        nb=(
            "Prøvekjøringen ble avbrutt før den var ferdig.",
            "Start den på nytt for samme periode. Den fortsetter der den var.",
        ),
    ),
    Entry(
        "reconciliation_missing",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, posted|Posted] invoices are no longer in the journal[ ({count})].",
            "Open the reconciliation to see the invoices, and ask the accountant who reversed the vouchers. Reverse the reversal in <system>, on the posting date of the voucher. If the invoice is wrong, then credit it in Moment: Bilag posts the credit note. If a voucher is deleted, transfer the invoice again from the reconciliation.",
        ),
        nb=(
            "[I {month} finnes bokførte fakturaer|Bokførte fakturaer finnes] ikke lenger i journalen[ ({count})].",
            "Åpne avstemmingen for å se fakturaene, og spør regnskapsføreren hvem som reverserte bilagene. Reverser reverseringen i <system>, med bilagets bokføringsdato. Er fakturaen feil, krediterer du den deretter i Moment: Bilag bokfører kreditnotaen. Er bilaget slettet, overfører du fakturaen på nytt fra avstemmingen.",
        ),
    ),
    Entry(
        "reconciliation_differing",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, vouchers|Vouchers] in the journal differ from their invoices in Moment[ ({count})].",
            "Open the reconciliation to see the differences field by field. Correct the voucher in <system>. If it cannot be corrected there, reverse it and post it manually with the same number. If the invoice was changed in Moment after it was posted, set it back.",
        ),
        nb=(
            "[I {month} avviker bilag|Bilag avviker] i journalen fra fakturaene i Moment[ ({count})].",
            "Åpne avstemmingen for å se avvikene felt for felt. Rett bilaget i <system>. Kan det ikke rettes der, reverserer du det og bokfører det manuelt med samme nummer. Ble fakturaen endret i Moment etter at den var bokført, setter du den tilbake.",
        ),
    ),
    Entry(
        "reconciliation_duplicate",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, invoices|Invoices] are posted more than once in the journal[ ({count})].",
            "Open the reconciliation to see the invoices with their journal numbers, and reverse the extra vouchers in <system>.",
        ),
        nb=(
            "[I {month} er fakturaer|Fakturaer er] bokført mer enn én gang i journalen[ ({count})].",
            "Åpne avstemmingen for å se fakturaene med journalnumrene, og reverser de overflødige bilagene i <system>.",
        ),
    ),
    Entry(
        "reconciliation_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, vouchers|Vouchers] with numbers of Moment's invoices do not belong to any invoice in Moment[ ({count})].",
            "Open the reconciliation to see the vouchers, and ask the accountant who posted them. Reverse a voucher that was posted manually, and post it with a number of another series.",
        ),
        nb=(
            "[I {month} finnes bilag|Det finnes bilag] blant Moments fakturanumre som ikke hører til noen faktura i Moment[ ({count})].",
            "Åpne avstemmingen for å se bilagene, og spør regnskapsføreren hvem som bokførte dem. Reverser et bilag som er bokført manuelt, og bokfør det med et nummer fra en annen serie.",
        ),
    ),
)
