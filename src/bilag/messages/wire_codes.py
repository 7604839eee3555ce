"""Problems of the connection to other systems: unavailable, overloaded, unreadable answers. Codes of the hub and of Bilag."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, AZETS, BILAG, MOMENT, PERMANENT, TRANSIENT, Entry

AWAY = (
    Entry(
        "hub_unavailable",
        TRANSIENT,
        AZETS,
        en=(
            "Azets' integration platform is down or under maintenance.",
            "You do not need to do anything: Bilag retries automatically. If the problem persists, contact Azets.",
        ),
        nb=(
            "Azets' integrasjonsplattform er nede eller under vedlikehold.",
            "Du trenger ikke gjøre noe: Bilag prøver igjen automatisk. Kontakt Azets hvis feilen vedvarer.",
        ),
    ),
    Entry(
        "hub_unreachable",
        TRANSIENT,
        AZETS,
        en=(
            "Bilag cannot connect to Azets' integration platform[ ({cause})].",
            "Bilag retries automatically. If the problem persists, check the address of the integration platform in the setup, and the network.",
        ),
        nb=(
            "Bilag får ikke kontakt med Azets' integrasjonsplattform[ ({cause})].",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, kontrollerer du adressen til integrasjonsplattformen i oppsettet, og nettverket.",
        ),
    ),
    Entry(
        "hub_timeout",
        TRANSIENT,
        AZETS,
        en=(
            "Azets' integration platform did not give a complete answer[ ({cause})].",
            "You do not need to do anything: Bilag checks whether the request was received before it sends anything again.",
        ),
        nb=(
            "Azets' integrasjonsplattform ga ikke et fullstendig svar[ ({cause})].",
            "Du trenger ikke gjøre noe: Bilag kontrollerer om forespørselen kom frem, før noe sendes på nytt.",
        ),
    ),
    Entry(
        "hub_malformed",
        TRANSIENT,
        AZETS,
        en=(
            "Bilag cannot read the answer from Azets' integration platform.",
            "Bilag retries automatically. If the problem persists, send Azets the answer shown in the attempt.",
        ),
        nb=(
            "Azets' integrasjonsplattform ga et svar som ikke kan tolkes.",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, sender du svaret som vises i forsøket, til Azets.",
        ),
    ),
    Entry(
        "hub_proxy_error",
        TRANSIENT,
        AZETS,
        en=(
            "A server in front of Azets' integration platform answered with an error[ (HTTP {status})].",
            "Bilag checks whether anything was received, and retries automatically. If the problem persists, contact Azets.",
        ),
        nb=(
            "En server foran Azets' integrasjonsplattform svarte med en feil[ (HTTP {status})].",
            "Bilag kontrollerer om noe kom frem, og prøver igjen automatisk. Kontakt Azets hvis feilen vedvarer.",
        ),
    ),
    Entry(
        "ledger_unavailable",
        TRANSIENT,
        AZETS,
        en=(
            "<System> at Azets does not answer.",
            "You do not need to do anything: Bilag retries automatically. If the problem persists, contact Azets.",
        ),
        nb=(
            "<System> hos Azets svarer ikke.",
            "Du trenger ikke gjøre noe: Bilag prøver igjen automatisk. Kontakt Azets hvis feilen vedvarer.",
        ),
    ),
    Entry(
        "ledger_locked",
        TRANSIENT,
        AZETS,
        en=(
            "The company is locked in <system> because another user has exclusive access.",
            "You do not need to do anything: Bilag retries automatically. If the problem persists, ask the accountant to end the exclusive access.",
        ),
        nb=(
            "Firmaet er låst i <system> fordi en annen bruker har enetilgang.",
            "Du trenger ikke gjøre noe: Bilag prøver igjen automatisk. Hvis feilen vedvarer, ber du regnskapsføreren avslutte enetilgangen.",
        ),
    ),
    Entry(
        "rate_limited",
        TRANSIENT,
        BILAG,
        en=(
            "Bilag has sent as many requests as the other system allows for now.",
            "You do not need to do anything: Bilag waits and continues automatically.",
        ),
        nb=(
            "Bilag har sendt så mange forespørsler som det andre systemet tillater akkurat nå.",
            "Du trenger ikke gjøre noe: Bilag venter og fortsetter automatisk.",
        ),
    ),
    Entry(
        "batch_busy",
        TRANSIENT,
        AZETS,
        en=(
            "<System> is posting the voucher now.",
            "You do not need to do anything: Bilag checks the result automatically.",
        ),
        nb=(
            "<System> bokfører bilaget nå.",
            "Du trenger ikke gjøre noe: Bilag kontrollerer resultatet automatisk.",
        ),
    ),
    Entry(
        "internal_error",
        TRANSIENT,
        AZETS,
        en=(
            "An error occurred in Azets' integration platform.",
            "Bilag checks whether anything was posted, and retries automatically. If the problem persists, contact Azets.",
        ),
        nb=(
            "Det oppstod en feil i Azets' integrasjonsplattform.",
            "Bilag kontrollerer om noe ble bokført, og prøver igjen automatisk. Kontakt Azets hvis feilen vedvarer.",
        ),
    ),
    Entry(
        "own_limit_reached",
        TRANSIENT,
        BILAG,
        en=(
            "The machine that Bilag runs on cannot open more connections. The other system was not asked.",
            "Bilag retries automatically. If the problem persists, ask your Bilag administrator to raise the limit of open files.",
        ),
        nb=(
            "Maskinen som Bilag kjører på, kan ikke åpne flere tilkoblinger. Det andre systemet ble ikke spurt.",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, ber du driftsansvarlig for Bilag heve grensen for åpne filer.",
        ),
    ),
    Entry(
        "moment_unavailable",
        TRANSIENT,
        MOMENT,
        en=(
            "Moment does not answer[ ({cause})].",
            "You do not need to do anything: Bilag retries automatically. If the problem persists, contact Moment's support.",
        ),
        nb=(
            "Moment svarer ikke[ ({cause})].",
            "Du trenger ikke gjøre noe: Bilag prøver igjen automatisk. Kontakt Moments brukerstøtte hvis feilen vedvarer.",
        ),
    ),
    Entry(
        "moment_refused",
        PERMANENT,
        MOMENT,
        en=(
            "Moment rejected a request[ (HTTP {status})].",
            "Check in Moment that the user of the API key can read and change invoices, then retry. If the user has access, contact Moment's support.",
        ),
        nb=(
            "Moment avviste en forespørsel[ (HTTP {status})].",
            "Kontroller i Moment at brukeren bak API-nøkkelen kan lese og endre fakturaer, og prøv igjen. Kontakt Moments brukerstøtte hvis brukeren har tilgang.",
        ),
    ),
    Entry(
        "moment_malformed",
        PERMANENT,
        BILAG,
        en=(
            "Bilag cannot read the answer from Moment.",
            "Contact your Bilag administrator. The attempt shows the answer; where there is no attempt, the log describes it. Retry when the error is fixed.",
        ),
        nb=(
            "Moment ga et svar som ikke kan tolkes.",
            "Kontakt driftsansvarlig for Bilag. Forsøket viser svaret; finnes det ikke noe forsøk, er svaret beskrevet i loggen. Prøv igjen når feilen er rettet.",
        ),
    ),
)

_FAULT_EN = "This is an error in Bilag, or the other system has changed. Contact your Bilag administrator, and retry when the error is fixed."
_FAULT_NB = "Dette er en feil i Bilag, eller det andre systemet er endret. Kontakt driftsansvarlig for Bilag, og prøv igjen når feilen er rettet."

REQUESTS = (
    Entry(
        "request_malformed",
        PERMANENT,
        BILAG,
        en=("Azets could not read a request from Bilag.", _FAULT_EN),
        nb=("Azets kunne ikke tolke en forespørsel fra Bilag.", _FAULT_NB),
    ),
    Entry(
        "request_too_large",
        PERMANENT,
        BILAG,
        en=(
            "The voucher is larger than <system> accepts in one request.",
            'Post the invoice manually and set it to "Do not transfer" in Moment. Or credit it and create several smaller ones. Then select "Close with credit note" on the credited invoice in Bilag.',
        ),
        nb=(
            "Bilaget er større enn <system> godtar i én forespørsel.",
            "Bokfør fakturaen manuelt, og sett den til «Ikke overfør» i Moment. Eller krediter den og lag flere mindre. Velg deretter «Avslutt med kreditnota» på den krediterte fakturaen i Bilag.",
        ),
    ),
    Entry(
        "cursor_invalid",
        PERMANENT,
        BILAG,
        en=(
            "Azets no longer recognises the position in the list where Bilag stopped reading.",
            "Retry: Bilag then reads the list from the beginning.",
        ),
        nb=(
            "Azets gjenkjenner ikke lenger stedet i listen der Bilag sluttet å lese.",
            "Prøv igjen: Bilag leser da listen fra begynnelsen.",
        ),
    ),
    Entry(
        "hub_refused",
        PERMANENT,
        AZETS,
        en=(
            "Azets rejected the request without a reason that Bilag recognises.",
            "If there is a message from <system>, correct what it describes, then retry. Otherwise contact Azets.",
        ),
        nb=(
            "Azets avviste forespørselen uten å oppgi en årsak som Bilag gjenkjenner.",
            "Finnes det en melding fra <system>, retter du det den beskriver, og prøver igjen. Ellers kontakter du Azets.",
        ),
    ),
    Entry(
        "validation_failed",
        PERMANENT,
        AZETS,
        en=(
            "<System> rejected the content, for a reason that Bilag does not recognise.",
            "Correct what the message from <system> describes, then retry.",
        ),
        nb=(
            "<System> avviste innholdet av en årsak som Bilag ikke gjenkjenner.",
            "Rett det som meldingen fra <system> beskriver, og prøv igjen.",
        ),
    ),
    Entry(
        "field_required",
        PERMANENT,
        MOMENT,
        en=(
            "[{field}|A field] is empty, but <system> requires it.",
            "Fill in the field in Moment, then retry.",
        ),
        nb=(
            "[{field}|Et felt] er ikke fylt ut, men er påkrevd i <system>.",
            "Fyll ut feltet i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "field_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "<System> does not accept the value of [{field}|a field].",
            "Correct the value in Moment, then retry.",
        ),
        nb=(
            "<System> godtar ikke verdien i [{field}|et felt].",
            "Rett verdien i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "field_too_long",
        PERMANENT,
        MOMENT,
        en=(
            "The text of [{field}|a field] is longer than <system> accepts.",
            "Shorten the text in Moment, then retry.",
        ),
        nb=(
            "Teksten i [{field}|et felt] er lengre enn <system> godtar.",
            "Kort ned teksten i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "field_not_allowed",
        PERMANENT,
        BILAG,
        en=("Azets does not accept [{field}|a field] from Bilag.", _FAULT_EN),
        nb=("Azets godtar ikke [{field}|et felt] fra Bilag.", _FAULT_NB),
    ),
    Entry(
        "batch_unknown",
        PERMANENT,
        BILAG,
        en=(
            "The voucher batch no longer exists at Azets. Somebody may have deleted it.",
            "Retry: Bilag looks up the voucher, and sends it again only if it is not posted.",
        ),
        nb=(
            "Bilagsbunten finnes ikke lenger hos Azets. Noen kan ha slettet den.",
            "Prøv igjen: Bilag søker etter bilaget og sender det bare på nytt hvis det ikke er bokført.",
        ),
    ),
    Entry(
        "voucher_unknown",
        PERMANENT,
        BILAG,
        en=(
            "The voucher[ {number}] is not posted in <system>.",
            "Retry: Bilag looks up the voucher, and posts it if it is missing.",
        ),
        nb=(
            "Bilaget[ {number}] er ikke bokført i <system>.",
            "Prøv igjen: Bilag søker etter bilaget og bokfører det hvis det mangler.",
        ),
    ),
    Entry(
        "batch_already_updated",
        PERMANENT,
        BILAG,
        en=(
            "The voucher batch is already posted and cannot be deleted.",
            "Retry: Bilag reads the posted voucher and compares it with the invoice.",
        ),
        nb=(
            "Bilagsbunten er allerede bokført og kan ikke slettes.",
            "Prøv igjen: Bilag leser det bokførte bilaget og sammenligner det med fakturaen.",
        ),
    ),
    Entry(
        "batch_update_failed",
        PERMANENT,
        ACCOUNTING,
        en=(
            "<System> could not post the voucher.",
            "Correct what the message from <system> describes, then retry.",
        ),
        nb=(
            "<System> kunne ikke bokføre bilaget.",
            "Rett det som meldingen fra <system> beskriver, og prøv igjen.",
        ),
    ),
)

WIRE_CODES = (*AWAY, *REQUESTS)
