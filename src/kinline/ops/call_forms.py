"""What is chosen before a demo call is placed."""

from typing import Any, Final, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

MENU: Final = "9000"
# What the person called does, in the order in which a newcomer tries it.
WHO: Final = (
    ("", _("What the last two digits of the number say")),
    ("accepts", _("Picks up and presses 1: accepts")),
    ("asks_price", _("Asks the price with 9, then accepts")),
    ("refuses", _("Presses 2: refuses")),
    ("presses_nothing", _("Picks up and presses nothing")),
    ("hangs_up", _("Hangs up before pressing anything")),
    ("voicemail", _("Is a voicemail")),
    ("no_answer", _("Does not pick up")),
    ("busy", _("Is busy")),
    ("no_such_number", _("Does not exist")),
    ("blocks", _("Presses 7: blocks this number for ever")),
    ("by_hand", _("Nothing: I press the keys there myself")),
)
HOW: Final = (
    ("at_once", _("Everything at once: ID number, PIN and number")),
    ("menu", _("Step by step: the telephone asks, and I press the keys")),
)
PAYERS: Final = (
    ("", _("As the facility has it")),
    ("1", _("Money on the number")),
    ("2", _("The resident's own money for calls")),
)


class Resident(forms.Form):
    """Whose telephone it is."""

    resident = forms.ChoiceField(label=_("Who calls"))

    def __init__(self, *words: Any, residents: list[dict[str, Any]], **named: Any) -> None:
        super().__init__(*words, **named)
        choices = [(one["number"], f"{one['name']} · {one['number']}") for one in residents]
        cast("forms.ChoiceField", self.fields["resident"]).choices = choices


class Place(forms.Form):
    """`key`: the page's own name of the call, so that a second click is the same call."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    resident = forms.CharField(widget=forms.HiddenInput)
    number = forms.ChoiceField(label=_("Whom"), required=False)
    other = forms.RegexField(
        r"^[0-9]{1,18}$", label=_("Or these keys"), required=False, strip=True,
        help_text=_("As somebody would dial them. Try 911, a number that is on no list, or 77: a free hotline."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 18}),
        error_messages={"invalid": _("Keys of a telephone are digits, at most 18 of them.")},
    )  # fmt: skip
    who = forms.ChoiceField(label=_("What the person called does"), choices=WHO, required=False)
    how = forms.ChoiceField(label=_("How the resident dials"), choices=HOW, widget=forms.RadioSelect, initial="at_once")
    payer = forms.ChoiceField(label=_("Which money pays"), choices=PAYERS, required=False)

    def __init__(self, *words: Any, numbers: list[tuple[str, str]], **named: Any) -> None:
        super().__init__(*words, **named)
        cast("forms.ChoiceField", self.fields["number"]).choices = numbers

    @property
    def keys(self) -> str:
        """The keys of the number, as dialled."""
        return str(self.cleaned_data["other"] or self.cleaned_data["number"].removeprefix("+1"))


class Keys(forms.Form):
    """A key at one of the two telephones, or hanging it up."""

    leg = forms.ChoiceField(choices=[("caller", ""), ("called", "")])
    keys = forms.RegexField(r"^[0-9*#]{1,24}$", required=False)
