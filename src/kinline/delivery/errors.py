from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class BrokenRules(Refusal):
    code = "broken_rules"
    sentence = _("These rules cannot be used. %(rule)s: %(why)s.")


class RulesInThePast(Refusal):
    code = "rules_in_the_past"
    sentence = _("Rules cannot change the past. Choose a moment from now on.")
