"""The form renderer, read as a browser reads it."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.utils import translation

from kinline.design import fields
from kinline.design.dates import MemorableDateField


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on your ID")
    nick = forms.CharField(label="Nickname", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    born = MemorableDateField(label="Date of birth")
    side = forms.ChoiceField(label="Side", choices=[("l", "Left"), ("r", "Right")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree")
    body = forms.CharField(label="Letter", widget=forms.Textarea(attrs={"data-limit": "30000"}), required=False)
    key = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        if self.data.get("name") == "Nobody":
            raise forms.ValidationError("Nobody cannot sign up.")
        return self.cleaned_data


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def ids(self) -> list[str | None]:
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]


def read(name: str, data: dict[str, str] | None = None, **options: object) -> tuple[Reader, str]:
    html = fields.render(Sample(data)[name], **options)
    return Reader(html), html


@pytest.mark.parametrize("name", list(Sample.base_fields))
@pytest.mark.parametrize("data", [None, {"nick": "x"}])
def test_every_description_points_at_something(name: str, data: dict[str, str] | None) -> None:
    """And no id is there twice, and no control without a label or legend."""
    page, html = read(name, data)
    assert len(page.ids()) == len(set(page.ids()))
    for _, attrs in page.tags:
        for target in (attrs.get("aria-describedby") or "").split():
            assert target in page.ids()
    for label in page.all("label"):
        assert label["for"] in page.ids()
    assert "style=" not in html


def test_a_wrong_field_says_so_in_words_and_to_machines() -> None:
    page, html = read("name", {"nick": "x"})
    control = page.all("input")[0]
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_name_helptext id_name_error"
    assert "This field is required." in html


def test_a_right_field_says_nothing() -> None:
    page, html = read("name", {"name": "Ana"})
    assert "aria-invalid" not in page.all("input")[0]
    assert "id_name_error" not in html
    assert page.all("input")[0]["value"] == "Ana"


def test_what_need_not_be_filled_is_marked() -> None:
    assert "(if you like)" in read("nick")[1]
    assert "(if you like)" not in read("name")[1]
    assert "(if you like)" not in read("agree")[1]


def test_options_replace_words() -> None:
    _, html = read("name", label="Your name", hint="Any script", hide_label=True)
    assert "Your name" in html
    assert "Any script" in html
    assert "As on your ID" not in html
    assert '<label for="id_name" class="hidden">' in html


def test_typed_text_is_escaped() -> None:
    assert "<script" not in read("name", {"name": '"><script>'})[1]


def test_a_password_is_never_given_back() -> None:
    page, html = read("password", {"password": "correct horse battery"})
    assert "correct horse" not in html
    button = page.all("button")[0]
    assert "hidden" in button  # only the script shows it
    assert button["type"] == "button"
    assert button["data-reveal"] == "id_password"


def test_radios_are_a_group_with_a_legend() -> None:
    page, html = read("side", {"name": "x"})
    assert page.all("fieldset")[0]["aria-describedby"] == "id_side_error"
    assert [one["type"] for one in page.all("input")] == ["radio", "radio"]
    assert "<legend>Side</legend>" in html


@pytest.mark.parametrize(
    ("text", "count"),
    [("", "0"), ("abc", "3"), ("a\r\nb", "3"), ("👩‍🌾", "3"), ("x" * 30_001, "30,001")],
)
def test_the_count_is_there_before_any_script(text: str, count: str) -> None:
    page, html = read("body", {"body": text})
    assert f"{count} of 30,000 characters" in html
    assert page.all("textarea")[0]["aria-describedby"] == "id_body_count"


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"born": "1975-03-28"}, "1975-03-28"),
        ({"born_month": "3", "born_day": "28", "born_year": "1975"}, "1975-03-28"),
        ({"born_month": "03", "born_day": " 8", "born_year": "1975 "}, "1975-03-08"),
    ],
)
def test_a_date_whole_or_in_parts(data: dict[str, str], value: str) -> None:
    form = Sample(data)
    form.is_valid()
    assert str(form.cleaned_data["born"]) == value


@pytest.mark.parametrize(
    ("data", "kept", "error"),
    [
        ({"born_month": "2", "born_day": "30", "born_year": "2001"}, ("2", "30", "2001"), "Enter a real date"),
        ({"born_month": "2", "born_day": "", "born_year": ""}, ("2", "", ""), "Enter a real date"),
        ({"born_day": "x-y", "born_year": "200١"}, ("", "x-y", "200١"), "Enter a real date"),
        ({"born": "tomorrow"}, ("", "", "tomorrow"), "Enter a real date"),
        ({"born": ""}, ("", "", ""), "Enter the month, day and year."),
    ],
)
def test_a_wrong_date_keeps_what_was_typed(data: dict[str, str], kept: tuple[str, str, str], error: str) -> None:
    page, html = read("born", data)
    chosen = [one["value"] for one in page.all("option") if "selected" in one]
    day, year = (one["value"] for one in page.all("input"))
    assert ((chosen[0] if chosen else "") or "", day, year) == kept
    assert error in html


def test_a_date_that_is_not_asked_for_may_stay_empty() -> None:
    class Free(forms.Form):
        born = MemorableDateField(required=False)

    form = Free({"born_month": "", "born_day": "", "born_year": ""})
    assert form.is_valid()
    assert form.cleaned_data["born"] is None


def test_the_summary_links_to_each_field() -> None:
    form = Sample({"name": "Nobody", "born_month": "2", "born_day": "30", "born_year": "2001"})
    page = Reader(fields.summary([form]))
    box = page.tags[0][1]
    assert box["role"] == "alert"
    assert "autofocus" in box
    assert [link["href"] for link in page.all("a")] == [
        "#id_password",
        "#id_born_month",
        "#id_side_0",
        "#id_agree",
        "#id_key",
    ]
    assert "Nobody cannot sign up." in fields.summary([form])
    assert "Password: This field is required." in fields.summary([form])


def test_no_errors_no_summary() -> None:
    assert fields.summary([Sample()]) == ""
    assert fields.form_errors(Sample()) == ""


def test_form_errors_are_those_of_no_field() -> None:
    html = fields.form_errors(Sample({"name": "Nobody"}))
    assert "Nobody cannot sign up." in html
    assert "required" not in html


def test_the_renderer_speaks_spanish() -> None:
    with translation.override("es"):
        html = fields.render(Sample({"born_month": "2"})["born"])
    assert "Mes" in html
    assert "Febrero" in html
    assert "Escriba una fecha real" in html
