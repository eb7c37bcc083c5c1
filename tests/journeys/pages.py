"""The table of every page: who looks at it, where it is, and what is done there before it is looked at.

Paths are filled with what `stage.py` prints. A page that is not here fails `test_pages.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """`press`: the button that is pressed first (CSS), for pages with errors. `status`: of the page looked at."""

    name: str
    path: str
    status: int = 200
    press: str = ""


SEND = "main form button:not([data-reveal])"

NOBODY = [
    Look("front", "/"),
    Look("facilities", "/facilities/"),
    Look("facility", "/facilities/sample-north-jail/"),
    Look("facility-with-delay", "/facilities/sample-south-jail/"),
    Look("prices", "/prices/"),
    Look("terms", "/terms/"),
    Look("privacy", "/privacy/"),
    Look("accessibility", "/accessibility/"),
    Look("help", "/help/"),
    Look("sign-up", "/signup/"),
    Look("sign-up-errors", "/signup/", press=SEND),
    Look("log-in", "/login/"),
    Look("log-in-to-go-on", "/login/?next=/messages/"),
    Look("log-in-errors", "/login/", press=SEND),
    Look("log-in-help", "/login/help/"),
    Look("activate", "/activate/"),
    Look("activate-errors", "/activate/", press=SEND),
    Look("activate-link", "/activate/{activate_token}/"),
    Look("activate-link-dead", "/activate/used-or-unknown/", status=410),
    Look("activate-resend", "/activate/resend/"),
    Look("password-reset", "/password/reset/"),
    Look("password-reset-sent", "/password/reset/?sent=1"),
    Look("password-reset-link", "/password/reset/{reset_token}/"),
    Look("password-reset-link-errors", "/password/reset/{reset_token}/", press=SEND),
    Look("password-reset-link-dead", "/password/reset/used-or-unknown/", status=410),
    Look("username-remind", "/username/remind/"),
    Look("username-remind-sent", "/username/remind/?sent=1"),
    Look("account-closed", "/account/closed/"),
    Look("staff", "/staff/"),
    Look("demo-mailbox", "/dev/mail/"),
    Look("demo-email", "/dev/mail/{mail}/"),
    Look("not-found", "/no/such/page/", status=404),
    Look("kiosk-not-set-up", "/kiosk/"),
]

ANA = [
    Look("home", "/home/"),
    Look("letters", "/messages/"),
    Look("letters-sent", "/messages/?folder=sent"),
    Look("letters-search", "/messages/?q=tomatoes"),
    Look("letters-search-nothing", "/messages/?q=nothingofthekind"),
    Look("notices", "/notices/"),
    Look("people", "/people/"),
    Look("person", "/people/{daniel_1_contact}/"),
    Look("drafts", "/drafts/"),
    Look("credits", "/credits/"),
    Look("phone", "/phone/"),
    Look("write-to-whom", "/messages/new/"),
    Look("write", "/messages/new/?to={daniel_1_contact}&reply={daniel_3}"),
    Look("write-errors", "/messages/new/?to={omar_1_contact}", press="[data-send]"),
    Look("letter-collect-offered", "/messages/{omar_1}/"),
    Look("letter", "/messages/{daniel_3}/"),
    Look("letter-opened", "/messages/{ana_1}/"),
    Look("letter-print", "/messages/{daniel_3}/print/"),
    Look("letter-review", "/messages/{luis_review}/"),
    Look("letter-scheduled", "/messages/{luis_scheduled}/"),
    Look("letter-refused-appealed", "/messages/{luis_refused}/"),
    Look("appeal-waiting", "/appeals/{ana_appeal}/"),
    Look("account", "/account/"),
    Look("account-profile", "/account/profile/"),
    Look("account-settings", "/account/settings/"),
    Look("account-email", "/account/email/"),
    Look("account-email-errors", "/account/email/", press=SEND),
    Look("account-email-confirm", "/account/email/confirm/"),
    Look("account-password", "/account/password/"),
    Look("account-password-errors", "/account/password/", press=SEND),
    Look("account-sessions", "/account/sessions/"),
    Look("account-download", "/account/download/"),
    Look("account-close", "/account/close/"),
    Look("account-close-errors", "/account/close/", press=SEND),
    Look("log-out", "/logout/"),
    Look("not-found-signed-in", "/messages/999999/", status=404),
]

BEN = [
    Look("home-collect", "/home/"),
    Look("people-states", "/people/"),
    Look("person-waiting-consent", "/people/{maya}/"),
    Look("person-released", "/people/{ben_left_contact}/"),
    Look("write-collect", "/messages/new/?to={ben_collect_contact}"),
    Look("write-not-possible", "/messages/new/?to={maya}"),
    Look("letter-collect-waiting", "/messages/{ben_collect}/"),
    Look("letter-declined", "/messages/{ben_declined}/"),
    Look("letter-to-released", "/messages/{ben_left}/"),
]

CARMEN = [
    Look("home-other-language", "/home/"),
    Look("letter-taken-back", "/messages/{carmen_back}/"),
    Look("person-waiting-approval", "/people/{tom}/"),
    Look("person-restricted", "/people/{ivan}/"),
]

PIA = [
    Look("home-refused", "/home/"),
    Look("notices-many", "/notices/"),
    Look("people-watched", "/people/"),
    Look("letters-archived", "/messages/?folder=archive"),
    Look("letters-removed", "/messages/?folder=removed"),
    Look("letter-archived", "/messages/{pia_archived}/"),
    Look("letter-removed", "/messages/{pia_removed}/"),
    Look("letter-without-subject", "/messages/{sam_to_pia}/"),
    Look("letter-refused", "/messages/{pia_refused}/"),
    Look("letter-refused-lost", "/messages/{pia_lost}/"),
    Look("letter-refused-won", "/messages/{pia_won}/"),
    Look("letter-refused-won-received", "/messages/{sam_won}/"),
    Look("appeal-new", "/appeals/new/{pia_refused}/"),
    Look("appeal-new-of-letter-to-me", "/appeals/new/{sam_refused}/"),
    Look("appeal-new-errors", "/appeals/new/{pia_refused}/", press=SEND),
    Look("appeal-lost", "/appeals/{pia_lost_appeal}/"),
    Look("appeal-won", "/appeals/{pia_won_appeal}/"),
    Look("find", "/people/find/"),
    Look("find-somebody", "/people/find/?q=sample&region=NY"),
    Look("find-nobody", "/people/find/?q=nobodyofthisname"),
    Look("account-email-link", "/account/email/{email_token}/"),
]

EMPTY = [
    Look("empty-home", "/home/"),
    Look("empty-letters", "/messages/"),
    Look("empty-sent", "/messages/?folder=sent"),
    Look("empty-archive", "/messages/?folder=archive"),
    Look("empty-removed", "/messages/?folder=removed"),
    Look("empty-drafts", "/drafts/"),
    Look("empty-people-invited", "/people/"),
    Look("empty-write", "/messages/new/"),
    Look("empty-notices", "/notices/"),
    Look("empty-credits", "/credits/"),
    Look("empty-account-close", "/account/close/"),
]

FAMILIES = {
    "sample.ana": ANA, "sample.ben": BEN, "sample.carmen": CARMEN, "sample.pia": PIA, "sample.empty": EMPTY,
}  # fmt: skip

SCREEN = [  # nobody is signed in
    Look("kiosk-sign-in", "/kiosk/"),
    Look("kiosk-sign-in-errors", "/kiosk/", press="#sign-in button:not([data-reveal])", status=422),
    Look("kiosk-time-ran-out", "/kiosk/?ended=idle"),
    Look("kiosk-signed-out", "/kiosk/?ended=done"),
    Look("kiosk-enrol", "{enrol}"),
    Look("kiosk-not-found", "/kiosk/no/such/page/", status=404),
]
DANIEL = [
    Look("kiosk-letters", "/kiosk/letters/"),
    Look("kiosk-letter", "/kiosk/letters/{ana_1}/"),
    Look("kiosk-letter-sent", "/kiosk/letters/{daniel_1}/"),
    Look("kiosk-sent", "/kiosk/letters/in/sent/"),
    Look("kiosk-write-to-whom", "/kiosk/write/"),
    Look("kiosk-write", "/kiosk/write/{daniel_1_contact}/?reply={ana_1}"),
    Look("kiosk-write-errors", "/kiosk/write/{daniel_1_contact}/", press="#send", status=422),
    Look("kiosk-people", "/kiosk/people/"),
    Look("kiosk-person", "/kiosk/people/{daniel_1_contact}/"),
    Look("kiosk-invite", "/kiosk/people/invite/"),
    Look("kiosk-invite-errors", "/kiosk/people/invite/", press="main form button", status=422),
    Look("kiosk-money", "/kiosk/money/"),
    Look("kiosk-prices", "/kiosk/prices/"),
    Look("kiosk-phone", "/kiosk/phone/"),
    Look("kiosk-search", "/kiosk/letters/search/"),
    Look("kiosk-pin", "/kiosk/pin/"),
    Look("kiosk-language", "/kiosk/language/"),
    Look("kiosk-not-found-signed-in", "/kiosk/letters/999999/", status=404),
]
GRACE = [
    Look("kiosk-letters-collect", "/kiosk/letters/"),
    Look("kiosk-not-now", "/kiosk/letters/{ben_collect}/decline/"),
    Look("kiosk-letter-collect-offered", "/kiosk/letters/{ben_collect}/"),
]
OMAR = [
    Look("kiosk-letter-collect-waiting", "/kiosk/letters/{omar_1}/"),
    Look("kiosk-write-collect", "/kiosk/write/{omar_1_contact}/"),
    Look("kiosk-money-none", "/kiosk/money/"),
]
MAYA = [
    Look("kiosk-letters-asking", "/kiosk/letters/"),
    Look("kiosk-people-asking", "/kiosk/people/"),
    Look("kiosk-person-asking", "/kiosk/people/{maya}/"),
    Look("kiosk-write-not-possible", "/kiosk/write/{maya}/"),
]
SAM = [
    Look("kiosk-notices", "/kiosk/notices/"),
    Look("kiosk-drafts", "/kiosk/drafts/"),
    Look("kiosk-put-away", "/kiosk/letters/in/archive/"),
    Look("kiosk-removed", "/kiosk/letters/in/removed/"),
    Look("kiosk-letter-removed", "/kiosk/letters/{pia_removed}/"),
    Look("kiosk-people-invited", "/kiosk/people/"),
    Look("kiosk-letter-review", "/kiosk/letters/{sam_review}/"),
    Look("kiosk-letter-refused", "/kiosk/letters/{sam_refused}/"),
    Look("kiosk-letter-refused-won", "/kiosk/letters/{sam_won}/"),
    Look("kiosk-appeal", "/kiosk/letters/{sam_refused}/appeal/"),
    Look("kiosk-appeal-errors", "/kiosk/letters/{sam_refused}/appeal/", press="#appeal button", status=422),
    Look("kiosk-appeal-waiting", "/kiosk/letters/{sam_appealed}/appeal/"),
    Look("kiosk-appeal-lost", "/kiosk/letters/{sam_lost}/appeal/"),
    Look("kiosk-appeal-won", "/kiosk/letters/{sam_won}/appeal/"),
]
EVE = [
    Look("kiosk-empty-letters", "/kiosk/letters/"),
    Look("kiosk-empty-sent", "/kiosk/letters/in/sent/"),
    Look("kiosk-empty-drafts", "/kiosk/drafts/"),
    Look("kiosk-empty-people", "/kiosk/people/"),
    Look("kiosk-empty-write", "/kiosk/write/"),
    Look("kiosk-empty-notices", "/kiosk/notices/"),
    Look("kiosk-empty-money", "/kiosk/money/"),
]
NINA = [Look("kiosk-first-pin", "/kiosk/pin/")]

RESIDENTS = {
    "10001": DANIEL, "10002": GRACE, "10005": OMAR, "10006": MAYA, "97001": SAM, "97003": EVE, "10041": NINA,
}  # fmt: skip
STAGED_PIN = "58213"

# Addresses that are no page of their own: forms only, files, what programs ask, and what leads elsewhere.
NO_PAGE = {
    "language", "theme", "robots", "favicon", "messages_tidy", "draft_save", "draft_drop", "people_add", "people_watch",
    "people_watch_end", "people_invitation", "person_block", "person_unblock", "person_always", "letter_accept",
    "letter_decline", "letter_pay", "letter_take_back", "credits_test", "notices_read", "dev-mail-json",
    "dev-mail-html", "kiosk_sign_in", "kiosk_end", "kiosk_alive", "kiosk_key", "kiosk_accept", "kiosk_pay",
    "kiosk_take_back", "kiosk_move", "kiosk_draft", "kiosk_drop", "kiosk_person_act", "healthz", "readyz", "metrics",
}  # fmt: skip
