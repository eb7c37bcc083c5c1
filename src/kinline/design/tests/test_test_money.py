"""Test money is called test money wherever somebody could take it for money (stack.md, payments)."""

import pytest
from django.conf import settings as ours
from django.template.loader import render_to_string
from django.test import Client

from kinline.core.http import CSP

BANNER = "Test money: no real card is charged here."


@pytest.mark.parametrize(
    ("demo", "test_money", "said"), [(False, True, True), (False, False, False), (True, True, False)]
)
@pytest.mark.django_db
def test_every_page_says_it_outside_the_demo_which_says_so_itself(settings, demo, test_money, said):
    settings.DEMO, settings.TEST_MONEY = demo, test_money
    page = Client().get("/help/").content.decode()
    assert (BANNER in page) == said
    assert ("Demo with sample people and test money." in page) == demo


@pytest.mark.parametrize("test_money", [True, False])
def test_before_paying_a_test_card_is_named_only_where_it_works(test_money):
    text = render_to_string("design/test_money.html", {"test_money": test_money})
    assert ("4242 4242 4242 4242" in text) == test_money
    assert bool(text.strip()) == test_money


def test_forms_may_lead_to_the_processor_and_nowhere_else():
    assert f"form-action 'self' {ours.STRIPE_PAGE_ORIGIN}; " in CSP
