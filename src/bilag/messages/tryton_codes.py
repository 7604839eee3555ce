"""Problems that only a Tryton server gives: whether it is there, who may do what, and what the setup names in it."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, PERMANENT, TRANSIENT, Entry

WIRE = (
    Entry(
        "tryton_unreachable",
        TRANSIENT,
        BILAG,
        en=(
            "The Tryton server cannot be reached[ ({cause})].",
            "Bilag tries again by itself. If it lasts, check the server's address in the setup, the network, and whether Tryton runs.",
        ),
        nb=(
            "Tryton-tjeneren kan ikke nås[ ({cause})].",
            "Bilag prøver igjen av seg selv. Varer det, kontrollerer du adressen i oppsettet, nettverket og om Tryton kjører.",
        ),
    ),
    Entry(
        "tryton_timeout",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "The Tryton server did not answer in time[ ({cause})].",
            "Nothing to do: Bilag looks whether it arrived before it sends anything again.",
        ),
        nb=(
            "Tryton-tjeneren svarte ikke i tide[ ({cause})].",
            "Du trenger ikke gjøre noe: Bilag ser etter om det kom fram før noe sendes på nytt.",
        ),
    ),
    Entry(
        "tryton_busy",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "Tryton, or somebody in it, was working on the same thing[ (HTTP {status})].",
            "Nothing to do: Bilag looks where it stands and goes on by itself.",
        ),
        nb=(
            "Tryton, eller noen som arbeider der, holdt på med det samme[ (HTTP {status})].",
            "Du trenger ikke gjøre noe: Bilag ser hvor det står og går videre av seg selv.",
        ),
    ),
    Entry(
        "tryton_fault",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "The Tryton server, or something in front of it, met a fault of its own[ (HTTP {status})].",
            "Bilag tries again by itself. If it lasts, look in Tryton's log; the modules account and analytic_account must be activated.",
        ),
        nb=(
            "Tryton-tjeneren, eller noe foran den, fikk en feil hos seg selv[ (HTTP {status})].",
            "Bilag prøver igjen av seg selv. Varer det, ser du i loggen til Tryton; modulene account og analytic_account må være aktivert.",
        ),
    ),
    Entry(
        "tryton_malformed",
        TRANSIENT,
        BILAG,
        en=(
            "The Tryton server gave an answer that cannot be understood[: {why}].",
            "Bilag tries again by itself. If it lasts, tell whoever runs Bilag which version of Tryton it is.",
        ),
        nb=(
            "Tryton-tjeneren ga et svar som ikke er til å forstå[: {why}].",
            "Bilag prøver igjen av seg selv. Varer det, forteller du den som drifter Bilag hvilken versjon av Tryton det er.",
        ),
    ),
    Entry(
        "tryton_refused",
        PERMANENT,
        ACCOUNTING,
        en=(
            "Tryton refused it for a reason that Bilag does not know.",
            "Read Tryton's own words, mend in Tryton what they name, then retry.",
        ),
        nb=(
            "Tryton avviste det av en grunn som Bilag ikke kjenner.",
            "Les Trytons egne ord, rett det de viser til i Tryton, og prøv igjen.",
        ),
    ),
    Entry(
        "tryton_half_posted",
        PERMANENT,
        ACCOUNTING,
        en=(
            "A part of the invoice's vouchers is posted in Tryton[ (number {journals})], and the rest was refused.",
            "Mend what the other problem names, then retry: Bilag posts only what is missing. Do not post anything by hand.",
        ),
        nb=(
            "En del av fakturaens bilag er bokført i Tryton[ (nummer {journals})], og resten ble avvist.",
            "Rett det som det andre problemet viser til, og prøv igjen: Bilag bokfører bare det som mangler. Ikke bokfør noe for hånd.",
        ),
    ),
)
SETUP = (
    Entry(
        "tryton_not_there",
        CONFIGURATION,
        BILAG,
        en=(
            "At this address there is no Tryton with a REST API and [the database {database}|this database].",
            "Correct the address and the database in the setup: the address without the database in it, the database as on Tryton's login page. It must be Tryton 8.0 or later.",
        ),
        nb=(
            "På denne adressen er det ingen Tryton med REST-API og [databasen {database}|denne databasen].",
            "Rett adressen og databasen i oppsettet: adressen uten databasen, databasen som på påloggingssiden til Tryton. Det må være Tryton 8.0 eller nyere.",
        ),
    ),
    Entry(
        "tryton_key_refused",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton does not accept the application key.",
            "Make a key for the application REST for Bilag's user in Tryton, see that its state there is validated, and enter it in the setup.",
        ),
        nb=(
            "Tryton godtar ikke applikasjonsnøkkelen.",
            "Lag en nøkkel for applikasjonen REST for Bilags bruker i Tryton, se etter at den er godkjent (validated) der, og legg den inn i oppsettet.",
        ),
    ),
    Entry(
        "tryton_rights_missing",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "The key's user may not see or do something that Bilag needs in Tryton[ ({model})].",
            "Put the user in the groups Accounting and Analytic Administration in Tryton, then check the connection again.",
        ),
        nb=(
            "Nøkkelens bruker får ikke se eller gjøre noe som Bilag trenger i Tryton[ ({model})].",
            "Legg brukeren i gruppene Accounting og Analytic Administration i Tryton, og kontroller tilkoblingen igjen.",
        ),
    ),
    Entry(
        "tryton_company_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton has no company[ {value}], or several of that name.[ It has: {companies}.]",
            "Write the company's name in the setup exactly as it is in Tryton.",
        ),
        nb=(
            "Tryton har ikke noe selskap[ {value}], eller flere med det navnet.[ Den har: {companies}.]",
            "Skriv selskapets navn i oppsettet nøyaktig som i Tryton.",
        ),
    ),
    Entry(
        "tryton_company_closed",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "The key's user sees no accounts of [{value}|the company].",
            "Add the company to the user's companies in Tryton. If the company has no chart of accounts yet, create it, then check the connection again.",
        ),
        nb=(
            "Nøkkelens bruker ser ingen kontoer i [{value}|selskapet].",
            "Legg selskapet til brukerens selskaper i Tryton. Har selskapet ingen kontoplan ennå, oppretter du den, og kontrollerer tilkoblingen igjen.",
        ),
    ),
    Entry(
        "tryton_journal_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton has no journal with the code[ {value}] of the setup.[ It has: {journals}.]",
            "Choose one of its journals in the setup, one for sales.",
        ),
        nb=(
            "Tryton har ingen journal med koden[ {value}] fra oppsettet.[ Den har: {journals}.]",
            "Velg en av journalene i oppsettet, en for salg.",
        ),
    ),
    Entry(
        "tryton_receivable_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "[Account {value}|The account] is not an account in Tryton that takes what customers owe.",
            "Give the number of an account of the kind receivable that requires a party, such as 1500.",
        ),
        nb=(
            "[Konto {value}|Kontoen] er ikke en konto i Tryton for det kundene skylder.",
            "Oppgi nummeret på en konto av typen kundefordring som krever part, for eksempel 1500.",
        ),
    ),
    Entry(
        "tryton_root_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton has no analytic root[ {value}].[ It has: {roots}.]",
            "Write the root's name in the setup as it is in Tryton, or create it there as an analytic account of the type root.",
        ),
        nb=(
            "Tryton har ingen analytisk rot[ {value}].[ Den har: {roots}.]",
            "Skriv rotens navn i oppsettet som i Tryton, eller opprett den der som en analytisk konto av typen rot.",
        ),
    ),
    Entry(
        "tryton_root_missing",
        CONFIGURATION,
        BILAG,
        en=(
            "The setup names no analytic root of Tryton for [organisational unit {unit}|this organisational unit].",
            "Name the root in the Tryton part of the setup: departments are unit 1, projects unit 2, billability unit 3. Or choose no unit.",
        ),
        nb=(
            "Oppsettet har ingen analytisk rot i Tryton for [organisasjonsenhet {unit}|denne organisasjonsenheten].",
            "Oppgi roten i Tryton-delen av oppsettet: avdelinger er enhet 1, prosjekter enhet 2, fakturerbarhet enhet 3. Eller velg ingen enhet.",
        ),
    ),
)
TRYTON_CODES = (*SETUP, *WIRE)
