"""Problems of the line between Bilag and the other systems: away, busy, not understood. The hub's codes and our own."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, AZETS, BILAG, MOMENT, PERMANENT, TRANSIENT, Entry

AWAY = (
    Entry(
        "hub_unavailable",
        TRANSIENT,
        AZETS,
        en=(
            "The Azets hub is down or in maintenance.",
            "Nothing to do: Bilag tries again by itself. If it lasts, ask Azets.",
        ),
        nb=(
            "Azets-huben er nede eller under vedlikehold.",
            "Du trenger ikke gjøre noe: Bilag prøver igjen av seg selv. Varer det, spør du Azets.",
        ),
    ),
    Entry(
        "hub_unreachable",
        TRANSIENT,
        AZETS,
        en=(
            "The Azets hub cannot be reached[ ({cause})].",
            "Bilag tries again by itself. If it lasts, check the hub's address in the setup and the network.",
        ),
        nb=(
            "Azets-huben kan ikke nås[ ({cause})].",
            "Bilag prøver igjen av seg selv. Varer det, kontrollerer du hubens adresse i oppsettet og nettverket.",
        ),
    ),
    Entry(
        "hub_timeout",
        TRANSIENT,
        AZETS,
        en=(
            "The Azets hub did not answer in time[ ({cause})].",
            "Nothing to do: Bilag looks whether it arrived before it sends anything again.",
        ),
        nb=(
            "Azets-huben svarte ikke i tide[ ({cause})].",
            "Du trenger ikke gjøre noe: Bilag ser etter om det kom fram før noe sendes på nytt.",
        ),
    ),
    Entry(
        "hub_malformed",
        TRANSIENT,
        AZETS,
        en=(
            "The Azets hub gave an answer that cannot be understood[: {why}].",
            "Bilag tries again by itself. If it lasts, send the answer in the attempt to Azets.",
        ),
        nb=(
            "Azets-huben ga et svar som ikke er til å forstå[: {why}].",
            "Bilag prøver igjen av seg selv. Varer det, sender du svaret som står i forsøket til Azets.",
        ),
    ),
    Entry(
        "hub_proxy_error",
        TRANSIENT,
        AZETS,
        en=(
            "Something in front of the Azets hub answered in its place[ (HTTP {status})].",
            "Bilag looks whether anything arrived, and tries again by itself. If it lasts, ask Azets.",
        ),
        nb=(
            "Noe foran Azets-huben svarte i stedet for den[ (HTTP {status})].",
            "Bilag ser etter om noe kom fram, og prøver igjen av seg selv. Varer det, spør du Azets.",
        ),
    ),
    Entry(
        "ledger_unavailable",
        TRANSIENT,
        AZETS,
        en=(
            "The accounting system behind Azets does not answer.",
            "Nothing to do: Bilag tries again by itself. If it lasts, ask Azets.",
        ),
        nb=(
            "Regnskapssystemet bak Azets svarer ikke.",
            "Du trenger ikke gjøre noe: Bilag prøver igjen av seg selv. Varer det, spør du Azets.",
        ),
    ),
    Entry(
        "ledger_locked",
        TRANSIENT,
        AZETS,
        en=(
            "The company is locked in the accounting system while somebody works in it alone.",
            "Nothing to do: Bilag tries again by itself. If it lasts, ask the accountant to end the exclusive work.",
        ),
        nb=(
            "Selskapet er låst i regnskapssystemet mens noen arbeider alene i det.",
            "Du trenger ikke gjøre noe: Bilag prøver igjen av seg selv. Varer det, ber du regnskapsføreren avslutte arbeidet.",
        ),
    ),
    Entry(
        "rate_limited",
        TRANSIENT,
        BILAG,
        en=(
            "Too many requests were made in a short time.",
            "Nothing to do: Bilag waits as long as it was told and goes on by itself.",
        ),
        nb=(
            "Det ble gjort for mange forespørsler på kort tid.",
            "Du trenger ikke gjøre noe: Bilag venter så lenge det fikk beskjed om, og fortsetter av seg selv.",
        ),
    ),
    Entry(
        "batch_busy",
        TRANSIENT,
        AZETS,
        en=("The voucher is being posted just now.", "Nothing to do: Bilag looks again by itself."),
        nb=("Bilaget blir bokført akkurat nå.", "Du trenger ikke gjøre noe: Bilag ser etter igjen av seg selv."),
    ),
    Entry(
        "internal_error",
        TRANSIENT,
        AZETS,
        en=(
            "The Azets hub met a fault of its own.",
            "Bilag looks whether anything was posted, and tries again by itself. If it lasts, ask Azets.",
        ),
        nb=(
            "Azets-huben fikk en feil hos seg.",
            "Bilag ser etter om noe ble bokført, og prøver igjen av seg selv. Varer det, spør du Azets.",
        ),
    ),
    Entry(
        "moment_unavailable",
        TRANSIENT,
        MOMENT,
        en=(
            "Moment cannot be reached or does not answer[ ({cause})].",
            "Nothing to do: Bilag tries again by itself. If it lasts, ask Moment's support.",
        ),
        nb=(
            "Moment kan ikke nås eller svarer ikke[ ({cause})].",
            "Du trenger ikke gjøre noe: Bilag prøver igjen av seg selv. Varer det, spør du Moments brukerstøtte.",
        ),
    ),
    Entry(
        "moment_refused",
        PERMANENT,
        MOMENT,
        en=(
            "Moment refused a request[ (HTTP {status})].",
            "Check in Moment that the API key's user may read and change invoices, then retry. If it may, ask Moment's support.",
        ),
        nb=(
            "Moment avviste en forespørsel[ (HTTP {status})].",
            "Kontroller i Moment at brukeren bak API-nøkkelen kan lese og endre fakturaer, og prøv igjen. Kan den det, spør du Moments brukerstøtte.",
        ),
    ),
    Entry(
        "moment_malformed",
        PERMANENT,
        BILAG,
        en=(
            "Moment gave an answer that cannot be understood[: {field}][, {why}].",
            "Tell whoever runs Bilag, and send the answer that is kept in the attempt.",
        ),
        nb=(
            "Moment ga et svar som ikke er til å forstå[: {field}][, {why}].",
            "Meld fra til den som drifter Bilag, og send med svaret som står i forsøket.",
        ),
    ),
)

_FAULT_EN = "This is a fault in Bilag, or the other system has changed. Tell whoever runs Bilag."
_FAULT_NB = "Dette er en feil i Bilag, eller det andre systemet er endret. Meld fra til den som drifter Bilag."

REQUESTS = (
    Entry(
        "request_malformed",
        PERMANENT,
        BILAG,
        en=("Azets did not understand a request from Bilag.", _FAULT_EN),
        nb=("Azets forsto ikke en forespørsel fra Bilag.", _FAULT_NB),
    ),
    Entry(
        "request_too_large",
        PERMANENT,
        BILAG,
        en=(
            "The voucher is larger than Azets takes in one request.",
            'Split the invoice in Moment, or post it by hand and set it to "Do not transfer".',
        ),
        nb=(
            "Bilaget er større enn Azets tar imot i én forespørsel.",
            "Del fakturaen i Moment, eller bokfør den for hånd og sett den til «Ikke overfør».",
        ),
    ),
    Entry(
        "cursor_invalid",
        PERMANENT,
        BILAG,
        en=(
            "Azets does not know the place in a list where Bilag wanted to go on.",
            "Retry; Bilag then begins the list anew.",
        ),
        nb=(
            "Azets kjenner ikke stedet i en liste der Bilag ville fortsette.",
            "Prøv igjen; Bilag begynner da listen på nytt.",
        ),
    ),
    Entry(
        "hub_refused",
        PERMANENT,
        AZETS,
        en=(
            "Azets refused it without giving a reason that Bilag knows.",
            "Read the other system's own words, if there are any, mend what they name, then retry. Otherwise ask Azets.",
        ),
        nb=(
            "Azets avviste det uten å oppgi en grunn som Bilag kjenner.",
            "Les det andre systemets egne ord, hvis det er noen, rett det de viser til, og prøv igjen. Ellers spør du Azets.",
        ),
    ),
    Entry(
        "validation_failed",
        PERMANENT,
        AZETS,
        en=(
            "The accounting system refused it, and did not say why in a way that Bilag knows.",
            "Read the other system's own words, mend what they name, then retry.",
        ),
        nb=(
            "Regnskapssystemet avviste det, og sa ikke hvorfor på en måte som Bilag kjenner.",
            "Les det andre systemets egne ord, rett det de viser til, og prøv igjen.",
        ),
    ),
    Entry(
        "field_required",
        PERMANENT,
        MOMENT,
        en=("A field[, {field},] that the accounting system needs is empty.", "Fill it in in Moment, then retry."),
        nb=("Et felt[, {field},] som regnskapssystemet krever, er tomt.", "Fyll det ut i Moment, og prøv igjen."),
    ),
    Entry(
        "field_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "A field[, {field},] has a form that the accounting system does not take.",
            "Correct it in Moment, then retry.",
        ),
        nb=(
            "Et felt[, {field},] har en form som regnskapssystemet ikke tar imot.",
            "Rett det i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "field_too_long",
        PERMANENT,
        MOMENT,
        en=("A text[ in {field}] is longer than the accounting system takes.", "Shorten it in Moment, then retry."),
        nb=(
            "En tekst[ i {field}] er lengre enn regnskapssystemet tar imot.",
            "Gjør den kortere i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "field_not_allowed",
        PERMANENT,
        BILAG,
        en=("Azets does not take a field[, {field},] that Bilag sent.", _FAULT_EN),
        nb=("Azets tar ikke imot et felt[, {field},] som Bilag sendte.", _FAULT_NB),
    ),
    Entry(
        "batch_unknown",
        PERMANENT,
        BILAG,
        en=(
            "The batch is no longer at Azets; somebody may have removed it.",
            "Retry: Bilag looks for the voucher and sends it again only if it is not posted.",
        ),
        nb=(
            "Bunten finnes ikke lenger hos Azets; noen kan ha fjernet den.",
            "Prøv igjen: Bilag ser etter bilaget og sender det bare på nytt hvis det ikke er bokført.",
        ),
    ),
    Entry(
        "voucher_unknown",
        PERMANENT,
        BILAG,
        en=(
            "The voucher[ {number}] is not in the journal.",
            "Retry: Bilag looks for the voucher and posts it if it is not there.",
        ),
        nb=(
            "Bilaget[ {number}] er ikke i journalen.",
            "Prøv igjen: Bilag ser etter bilaget og bokfører det hvis det ikke er der.",
        ),
    ),
    Entry(
        "batch_already_updated",
        PERMANENT,
        BILAG,
        en=(
            "The batch is posted already and cannot be removed.",
            "Retry: Bilag reads the voucher back and compares it with the invoice.",
        ),
        nb=(
            "Bunten er allerede bokført og kan ikke fjernes.",
            "Prøv igjen: Bilag leser bilaget tilbake og sammenligner det med fakturaen.",
        ),
    ),
    Entry(
        "batch_update_failed",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The accounting system refused to post the voucher.",
            "Read the accounting system's own words, mend what they name there, then retry.",
        ),
        nb=(
            "Regnskapssystemet avviste å bokføre bilaget.",
            "Les regnskapssystemets egne ord, rett det de viser til der, og prøv igjen.",
        ),
    ),
)

WIRE_CODES = (*AWAY, *REQUESTS)
