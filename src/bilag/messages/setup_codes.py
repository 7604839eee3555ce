"""Problems of the setup: sign-in, client ids, series, capabilities. The hub's codes and our own."""

from bilag.messages.entry import AZETS, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

SIGN_IN = (
    Entry(
        "credentials_missing",
        CONFIGURATION,
        BILAG,
        en=(
            "Neither user name and password nor an API key for Azets is set.",
            "Enter user name and password, or the API key, in the setup. Azets gives them to you.",
        ),
        nb=(
            "Verken brukernavn og passord eller API-nøkkel for Azets er lagt inn.",
            "Legg inn brukernavn og passord, eller API-nøkkelen, i oppsettet. Du får dem av Azets.",
        ),
    ),
    Entry(
        "invalid_credentials",
        CONFIGURATION,
        BILAG,
        en=(
            "Azets does not accept the user name, password or API key.",
            "Enter them again in the setup. If they are right, ask your contact at Azets whether they were withdrawn.",
        ),
        nb=(
            "Azets godtar ikke brukernavnet, passordet eller API-nøkkelen.",
            "Legg dem inn på nytt i oppsettet. Er de riktige, spør du kontaktpersonen i Azets om de er trukket tilbake.",
        ),
    ),
    Entry(
        "token_missing",
        PERMANENT,
        BILAG,
        en=("A request to Azets went without its access token.", "This is a fault in Bilag. Tell whoever runs Bilag."),
        nb=(
            "En forespørsel til Azets gikk uten tilgangsnøkkel.",
            "Dette er en feil i Bilag. Meld fra til den som drifter Bilag.",
        ),
    ),
    Entry(
        "token_expired",
        TRANSIENT,
        BILAG,
        en=("The access to Azets had run out.", "Nothing to do: Bilag signs in again by itself."),
        nb=("Tilgangen til Azets var utløpt.", "Du trenger ikke gjøre noe: Bilag logger inn igjen av seg selv."),
    ),
    Entry(
        "token_invalid",
        TRANSIENT,
        BILAG,
        en=(
            "Azets did not accept the access that it gave before.",
            "Bilag signs in again by itself. If it goes on, enter the credentials again in the setup.",
        ),
        nb=(
            "Azets godtok ikke tilgangen som ble gitt tidligere.",
            "Bilag logger inn igjen av seg selv. Fortsetter det, legger du inn påloggingen på nytt i oppsettet.",
        ),
    ),
    Entry(
        "moment_credentials",
        CONFIGURATION,
        BILAG,
        en=(
            "Moment does not accept the API key.",
            "Make a new API key in Moment and enter it in the setup. A key runs out after two years at the latest.",
        ),
        nb=(
            "Moment godtar ikke API-nøkkelen.",
            "Lag en ny API-nøkkel i Moment og legg den inn i oppsettet. En nøkkel varer i høyst to år.",
        ),
    ),
    Entry(
        "moment_company_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Moment knows no such company, or the API key does not belong to it.",
            "Correct Moment's company id in the setup, or make an API key in the right company.",
        ),
        nb=(
            "Moment kjenner ikke selskapet, eller API-nøkkelen hører ikke til det.",
            "Rett Moments selskaps-id i oppsettet, eller lag en API-nøkkel i riktig selskap.",
        ),
    ),
    Entry(
        "nobody_notified",
        CONFIGURATION,
        BILAG,
        en=(
            "Nobody is told when something stops.",
            "Enter at least one user or e-mail address under notices in the setup.",
        ),
        nb=(
            "Ingen får beskjed når noe stopper.",
            "Legg inn minst én bruker eller e-postadresse under varsling i oppsettet.",
        ),
    ),
    Entry(
        "company_paused",
        CONFIGURATION,
        BILAG,
        en=(
            "The company is paused; nothing is transferred.",
            "Mend what the pause names and save the setup. What waits then goes on by itself.",
        ),
        nb=(
            "Selskapet er satt på pause; ingenting overføres.",
            "Rett det som pausen viser til, og lagre oppsettet. Det som venter, går da videre av seg selv.",
        ),
    ),
)

CLIENT = (
    Entry(
        "client_not_under_parent",
        CONFIGURATION,
        BILAG,
        en=(
            "The client[ {client}] does not belong to the parent[ {parent}] at Azets.",
            "Check source client id and parent client id in the setup. Azets can tell which belong together.",
        ),
        nb=(
            "Klienten[ {client}] hører ikke til overordnet klient[ {parent}] hos Azets.",
            "Kontroller klient-id og overordnet klient-id i oppsettet. Azets vet hvilke som hører sammen.",
        ),
    ),
    Entry(
        "client_access_denied",
        CONFIGURATION,
        AZETS,
        en=(
            "The user may not reach this client[ {client}] at Azets.",
            "Ask your contact at Azets to give the user access to the client.",
        ),
        nb=(
            "Brukeren har ikke tilgang til denne klienten[ {client}] hos Azets.",
            "Be kontaktpersonen i Azets gi brukeren tilgang til klienten.",
        ),
    ),
    Entry(
        "parent_client_id_invalid",
        CONFIGURATION,
        BILAG,
        en=(
            "The parent client id[ {value}] is not S followed by digits.",
            "Correct the parent client id in the setup; it begins with S.",
        ),
        nb=(
            "Overordnet klient-id[ {value}] er ikke S fulgt av sifre.",
            "Rett overordnet klient-id i oppsettet; den begynner med S.",
        ),
    ),
    Entry(
        "source_client_id_invalid",
        CONFIGURATION,
        BILAG,
        en=(
            "The source client id[ {value}] is not digits only.",
            "Correct the source client id in the setup; leave the F out.",
        ),
        nb=("Klient-id[ {value}] er ikke bare sifre.", "Rett klient-id i oppsettet; ta ikke med F."),
    ),
    Entry(
        "client_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Azets knows no such client[, {client}].",
            "Check the source client id in the setup. If it is right, ask Azets whether the client is set up for the integration.",
        ),
        nb=(
            "Azets kjenner ingen slik klient[, {client}].",
            "Kontroller klient-id i oppsettet. Er den riktig, spør du Azets om klienten er satt opp for integrasjonen.",
        ),
    ),
    Entry(
        "voucher_series_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "The voucher series[ {value}] does not exist in the accounting system, or not for this type of voucher.",
            "Choose another voucher series in the setup, or leave it blank for the default one.",
        ),
        nb=(
            "Bilagsserien[ {value}] finnes ikke i regnskapssystemet, eller ikke for denne bilagstypen.",
            "Velg en annen bilagsserie i oppsettet, eller la den stå tom for standardserien.",
        ),
    ),
    Entry(
        "attachments_not_supported",
        CONFIGURATION,
        AZETS,
        en=("Documents cannot be attached to vouchers at this client.", "Ask Azets whether it can be opened for."),
        nb=("Det kan ikke legges vedlegg ved bilag hos denne klienten.", "Spør Azets om det kan åpnes for."),
    ),
    Entry(
        "document_type_not_allowed",
        PERMANENT,
        MOMENT,
        en=(
            "The accounting system does not take documents of this type.",
            "Save the document as PDF, or attach it by hand.",
        ),
        nb=(
            "Regnskapssystemet tar ikke imot dokumenter av denne typen.",
            "Lagre dokumentet som PDF, eller legg det ved for hånd.",
        ),
    ),
)

SETUP_CODES = (*SIGN_IN, *CLIENT)
