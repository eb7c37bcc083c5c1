from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class TooLong(Refusal):
    code = "too_long"
    sentence = _(
        "Your letter has %(count)s characters. The longest letter has %(limit)s. "
        "Nothing was sent and your text is still here."
    )


class Empty(Refusal):
    code = "empty"
    sentence = _("Your letter is empty. Write something, then send it.")


class CannotWrite(Refusal):
    """`why` is the sentence of `contacts.rules`, already translated."""

    code = "cannot_write"
    sentence = "%(why)s"


class LettersStopped(Refusal):
    code = "letters_stopped"
    sentence = _("Letters are stopped here until %(until)s. Nothing was charged. Please try again after that.")


class NoCredit(Refusal):
    code = "no_credit"
    sentence = _(
        "You have no message credit left, so this letter was not sent. Your text is still here. "
        "You can add credits, or send it collect."
    )


class PriceChanged(Refusal):
    """MSG-2: what was shown is what is charged, or the person is asked again."""

    code = "price_changed"
    sentence = _(
        "The price of a letter has changed: it is %(price)s now. Nothing was sent and nothing was charged. "
        "Your text is still here. Send it again if you agree."
    )


class CollectLimit(Refusal):
    code = "collect_limit"
    sentence = _(
        "%(limit)s collect letters already wait for this person. When they accept one, or you take one back, "
        "you can send another. Your text is still here."
    )


class KeyReused(Refusal):
    code = "key_reused"
    sentence = _(
        "This page was already used to send another text. The first letter was sent. "
        "If you meant to send this one too, press send again."
    )


class NotFound(Refusal):
    """Absent and not yours look alike."""

    code = "not_found"
    sentence = _("We could not find this letter.")


class TooLate(Refusal):
    code = "too_late"
    sentence = _("This is no longer possible: the letter has moved on. Its page shows where it is now.")


class NotCollect(Refusal):
    code = "not_collect"
    sentence = _("This letter does not wait for a payment.")


class NoCreditToOpen(Refusal):
    code = "no_credit_to_open"
    sentence = _("You need one message credit to open this letter. It waits until you have one.")


class ReasonUnknown(Refusal):
    code = "reason_unknown"
    sentence = _("Choose a reason from this facility's list.")


class ExplanationMissing(Refusal):
    code = "explanation_missing"
    sentence = _("Write a sentence that explains the refusal. Both people will read it.")


class ClaimedByOther(Refusal):
    """`name`: who works on it."""

    code = "claimed_by_other"
    sentence = _("%(name)s works on this letter now. Nothing was decided by you; what you typed is still here.")


class RuledAlready(Refusal):
    """Within the ten seconds, by anybody."""

    code = "ruled_already"
    sentence = _("This letter has just been decided. The decision takes effect in a few seconds.")


class WithInvestigator(Refusal):
    code = "with_investigator"
    sentence = _("This letter was passed to an investigator, who decides it now.")


class NotRead(Refusal):
    """DEL-4: only what one has read may be approved together with others."""

    code = "not_read"
    sentence = _("You have not opened this letter, so it was not approved.")


class NothingWaits(Refusal):
    code = "nothing_waits"
    sentence = _("No other letter waits for you here.")


class NotYourDecision(Refusal):
    code = "not_your_decision"
    sentence = _("Only whoever made a decision can take it back.")


class NotSupervisor(Refusal):
    code = "not_supervisor"
    sentence = _("Only a supervisor of this facility may withhold the notice.")


class AppealNotOpen(Refusal):
    code = "appeal_not_open"
    sentence = _("An appeal is not possible for this letter.")


class AppealTooLate(Refusal):
    code = "appeal_too_late"
    sentence = _("The last day to appeal was %(day)s.")


class AppealFiled(Refusal):
    code = "appeal_filed"
    sentence = _("You have already appealed. You will be told the answer.")


class AppealEmpty(Refusal):
    code = "appeal_empty"
    sentence = _("Write why you think the decision is wrong.")


class AppealDecided(Refusal):
    code = "appeal_decided"
    sentence = _("This appeal has already been decided.")


class AppealRuled(Refusal):
    """Within the ten seconds, by anybody."""

    code = "appeal_ruled"
    sentence = _("This appeal has just been decided. The decision takes effect in a few seconds.")


class SameDecider(Refusal):
    """DEL-6: also refused by the database."""

    code = "same_decider"
    sentence = _("Whoever took part in the refusal cannot decide the appeal. Another person must.")


class RestoreTooLate(Refusal):
    code = "restore_too_late"
    sentence = _("A removed letter can be brought back for 30 days. That time is over.")


class NoCreditForReply(Refusal):
    """MSG-3: both are set aside or none."""

    code = "no_credit_for_reply"
    sentence = _(
        "You do not have enough credits to pay for the reply, too. Nothing was sent and your text is still here. "
        "Add credits, or send it without paying for the reply."
    )


class NoPrepaidReply(Refusal):
    code = "no_prepaid_reply"
    sentence = _(
        "A reply cannot be paid ahead at this facility. Nothing was sent and your text is still here. "
        "You can send it without paying for the reply."
    )


class NoLongerPaid(Refusal):
    """MSG-2: the page said that another pays, and they do not any more."""

    code = "no_longer_paid"
    sentence = _(
        "Nobody else pays for this letter any more: it costs %(price)s now. Nothing was sent and nothing was charged. "
        "Your text is still here. Send it again if you agree."
    )


class NothingToPrint(Refusal):
    """MSG-10."""

    code = "nothing_to_print"
    sentence = _("There is nothing to print here.")


class NobodyHere(Refusal):
    code = "nobody_here"
    sentence = _("Nobody with the number %(number)s is here now.")


class NoCollectOnPaper(Refusal):
    """Whoever cannot use a kiosk cannot accept a charge there."""

    code = "no_collect_on_paper"
    sentence = _(
        "Your letter comes on paper there, so it cannot be sent collect. Nothing was sent and your text is still here. "
        "Add credits, then send it."
    )


class NoPhotos(Refusal):
    """MSG-9."""

    code = "no_photos"
    sentence = _("Photos cannot be sent to this facility. Your text is still here. You can send it without photos.")


class TooManyPhotos(Refusal):
    code = "too_many_photos"
    sentence = _("One letter takes %(limit)s photos here. Take one away, or send this one with another letter.")


class PhotosChanged(Refusal):
    code = "photos_changed"
    sentence = _(
        "The photos of this letter were changed in another tab or window. Nothing was sent and nothing was charged. "
        "Look at them, then press send."
    )


class PhotoPriceChanged(Refusal):
    code = "photo_price_changed"
    sentence = _(
        "The price of a photo has changed: it is %(price)s now. Nothing was sent and nothing was charged. "
        "Your text and photos are still here. Send it again if you agree."
    )


class NoCreditForPhotos(Refusal):
    """A letter with photos is not sent collect: its reader could not see before paying what they would pay for."""

    code = "no_credit_for_photos"
    sentence = _(
        "You do not have enough credits for the photos. Nothing was sent, and your text and photos are still here. "
        "Add credits, or take photos away."
    )


class RetentionTaken(Refusal):
    code = "retention_taken"
    sentence = _("For that day there is a rule already. Choose another day.")


class HoldLifted(Refusal):
    code = "hold_lifted"
    sentence = _("This hold is lifted already.")


class PurgedAlready(Refusal):
    """A hold on a letter whose words are gone."""

    code = "purged_already"
    sentence = _("The words of this letter are destroyed already: “Who keeps a letter” shows the certificate.")


class NobodyOfThisName(Refusal):
    """A hold or a search that names somebody, or a letter, whom the place does not know."""

    code = "nobody_of_this_name"
    sentence = _("This place knows nobody, and no letter, of this number or name.")


class RetentionTooSoon(Refusal):
    code = "retention_too_soon"
    sentence = _("A rule begins tomorrow at the earliest, so that there is time to place a hold before it.")


class HoldNeedsWhy(Refusal):
    code = "hold_needs_why"
    sentence = _("Write why the hold ends.")


class SearchUnknown(Refusal):
    code = "search_unknown"
    sentence = _("We could not find this search. Ask again.")


class SearchOver(Refusal):
    """Results are open for half an hour after somebody said what for."""

    code = "search_over"
    sentence = _("You asked this a while ago. Say again what it is for.")


class SearchNameTaken(Refusal):
    code = "search_name_taken"
    sentence = _("You have a saved search of this name already.")


class ConfidentialClosed(Refusal):
    """No key in this process opens or seals this (DEL-7): the staff face has none, and elsewhere it may be missing."""

    code = "confidential_closed"
    sentence = _(
        "Confidential letters cannot be written or opened at this moment. Nothing is lost. Please try again later."
    )


class NotConfidential(Refusal):
    """M11: to write to somebody who says they are an attorney, one says that one has read that staff can read it."""

    code = "not_confidential"
    sentence = _("This letter is not confidential. Tick the box to say that you know, or do not send it.")
