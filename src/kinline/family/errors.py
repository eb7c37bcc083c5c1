from django.utils.translation import gettext_lazy as _

from kinline.core.errors import Refusal


class SearchedTooOften(Refusal):
    code = "searched_too_often"
    sentence = _("You have searched many times in a few minutes. Please wait a little, then search again.")
