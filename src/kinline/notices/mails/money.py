"""What emails say about money: payments, receipts, refunds, what nobody claimed (MON-2 to MON-9)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kinline.notices.mails.mail import Mail

MONEY: Mapping[str, Mail] = {
    # Money by card. MON-3, MON-7
    "card_payment_failed": Mail(
        _("A payment of %(amount_cents)s did not work"),
        (_("Your payment of %(amount_cents)s by card did not work."), _("%(why)s")),
        _("See the payment"),
        "/credits/buy/{payment_id}/",
    ),
    "payment_sent_back": Mail(
        _("Your payment of %(amount_cents)s goes back to your card"),
        (
            _("Your payment of %(amount_cents)s came when nothing could be added any more."),
            _("All of it goes back to the card that paid. You do not need to do anything."),
        ),
    ),
    "top_up_done": Mail(
        _("Automatic top-up: %(amount_cents)s"),
        (
            _("Your automatic top-up added %(amount_cents)s from your card %(card)s, as you asked us to. No fee."),
            _("This month so far: %(month_cents)s of at most %(cap_cents)s."),
        ),
        _("See or stop the top-up"),
        "/credits/topup/",
    ),
    "top_up_failed": Mail(
        _("Your automatic top-up did not work"),
        (
            _("Your automatic top-up of %(amount_cents)s did not work."),
            _("%(why)s"),
            _("We try again after %(again_at)s. After three times the top-up ends."),
        ),
        _("See or change the top-up"),
        "/credits/topup/",
    ),
    "top_up_stopped": Mail(
        _("Your automatic top-up has ended"),
        (_("Your automatic top-up has ended."), _("%(why)s"), _("You can set it up again at any time.")),
        _("See the top-up"),
        "/credits/topup/",
    ),
    "dispute_opened": Mail(
        _("Your bank asked for a payment back"),
        (
            _("The bank of your card asked for your payment of %(amount_cents)s back."),
            _("%(recovered_cents)s of it that was not spent was taken off the balance it was for."),
            _("Automatic top-ups from your cards have ended. If this was a mistake, please tell your bank."),
        ),
        _("See your credits"),
        "/credits/",
    ),
    "dispute_won": Mail(
        _("A payment that your bank asked back stands"),
        (_("The bank let the payment of %(amount_cents)s stand. %(recovered_cents)s is back on the balance."),),
        _("See your credits"),
        "/credits/",
    ),
    # Money. MON-5
    "receipt": Mail(
        _("Receipt %(number)s: %(amount_cents)s"),
        (
            _("Thank you. %(amount_cents)s was added to %(whose)s. There is no fee."),
            _("Paid: %(paid)s. %(balance)s"),
            _("Receipt number: %(number)s"),
        ),
        _("See the receipt"),
        "/credits/receipts/{number}/",
    ),
    # Money that goes back. MON-6
    "refund_asked": Mail(
        _("%(amount_cents)s is on its way back to you"),
        (
            _("You asked for %(amount_cents)s of unused money. All of it comes back to you, without a fee."),
            _(
                "What came by card goes back to the card that paid; most banks show it within 10 days. What did not "
                "come by card comes as a cheque, to the address in your account."
            ),
        ),
        _("See where it is"),
        "/credits/refund/",
    ),
    "refund_of_others": Mail(
        _("%(amount_cents)s is on its way back to you"),
        (
            _(
                "You put money into a telephone number. Whoever owns that number asked for what was not used, so "
                "%(amount_cents)s of yours comes back to you, the way you paid it."
            ),
        ),
        _("See where it is"),
        "/credits/refund/",
    ),
    "refund_sent": Mail(
        _("%(amount_cents)s was sent to your card"),
        (_("We sent %(amount_cents)s back to the card that paid. Most banks show it within 10 days."),),
    ),
    "refund_card_failed": Mail(
        _("Your card could not take %(amount_cents)s back, so we send a cheque"),
        (
            _(
                "The card that paid could not take %(amount_cents)s back. "
                "Nothing is lost: we send you a cheque instead."
            ),
            _("It goes to the address in your account. Please look whether that is right."),
        ),
        _("See my address"),
        "/account/profile/",
    ),
    "refund_paid": Mail(
        _("%(amount_cents)s was paid to you"),
        (_("We paid %(amount_cents)s of unused money to you, as a cheque or as you agreed with the staff."),),
    ),
    "refund_returned": Mail(
        _("A payment to you came back to us: %(amount_cents)s"),
        (
            _("We sent you %(amount_cents)s, and it came back to us or was not cashed. It is still yours."),
            _("Correct the address in your account, and we send it again by ourselves."),
        ),
        _("See my address"),
        "/account/profile/",
    ),
    "refund_recalled": Mail(
        _("Your bank took a payment back: %(amount_cents)s"),
        (
            _(
                "You asked your bank to take a payment back, and it did. So there was nothing left of it for us to "
                "send to you: your bank has given you the %(amount_cents)s."
            ),
        ),
    ),
    "refund_inactive": Mail(
        _("%(amount_cents)s is on its way back to you"),
        (
            _("You did not use your balance for a long time, and we asked you twice. So we send it back to you."),
            _(
                "What came by card goes back to the card that paid; most banks show it within 10 days. What did not "
                "come by card comes as a cheque, to the address in your account."
            ),
        ),
        _("See where it is"),
        "/credits/refund/",
    ),
    "keep_reminder": Mail(
        _("Do you want to keep your money with us? %(amount_cents)s"),
        (
            _("You have %(amount_cents)s of unused money, and have not used it for some months."),
            _(
                "It is yours and does not get less. If we hear nothing until %(refund_on)s, we send it back to you. "
                "If you want to keep it for later, press the button."
            ),
        ),
        _("Keep my money"),
        "/credits/keep/{token}/",
        (_("You can also ask for it at any time, free: log in and open “Credits”."),),
        keeps=True,
    ),
    "unclaimed_notice": Mail(
        _("We could not send you %(amount_cents)s"),
        (
            _("%(amount_cents)s belongs to you, and we could not send it to you for a long time."),
            _(
                "If we hear nothing, the law makes us hand it to your state, where you can ask for it. Log in and "
                "correct your address, or answer to the facility, and we send it to you."
            ),
        ),
        _("See my address"),
        "/account/profile/",
    ),
}
