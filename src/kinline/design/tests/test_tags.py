from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template import engines
from django.test import RequestFactory

from kinline.core import clock


def rendered(source: str, **context: object) -> str:
    return str(engines["django"].from_string(source).render(context))


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("{{ v|money }}", 1234, "$12.34"),
        ("{{ v|money }}", -5, "−$0.05"),
        ("{{ v|price }}", 50, "50¢"),
        ("{{ v|price }}", 150, "$1.50"),
        ("{{ v|price }}", 100, "$1"),
        ("{{ v|thousands }}", 30000, "30,000"),
        ("{{ v|about }}", timedelta(hours=3), "3 hours"),
        ("{{ v|about }}", None, ""),
        ("{{ v|moment }}", None, ""),
        ("{{ v|day }}", None, ""),
        ("{{ v|clock }}", None, ""),
        ("{{ v|since }}", None, ""),
        ("{% time v %}", None, ""),
        ("{{ v|letter }}", None, ""),
        ("{{ v|letter }}", "a<b", '<p dir="auto">a&lt;b</p>'),
        ("{{ v|isolate }}", "<Ana>", "<bdi>&lt;Ana&gt;</bdi>"),
        ("{% credits v 50 %}", 450, "9 message credits"),
        ("{% initials v %}", "Ana Rivera", '<span class="mono" aria-hidden="true">AR</span>'),
        ("{% initials v %}", "<b <i", '<span class="mono" aria-hidden="true">?</span>'),
    ],
)
def test_tag(source: str, value: object, text: str) -> None:
    assert rendered(source, v=value) == text


def test_times_are_readable_by_machines_too() -> None:
    now = clock.now()
    assert rendered("{% time v 'since' %}", v=now) == f'<time datetime="{now.isoformat()}">just now</time>'


@pytest.mark.parametrize(
    ("path", "prefix", "mark"),
    [
        ("/people/", "/people/", ' aria-current="page"'),
        ("/people/7/", "/people/", ' aria-current="true"'),
        ("/peoples/", "/people/", ""),
        ("/help/", "/", ""),
        ("/", "/", ' aria-current="page"'),
    ],
)
def test_current(path: str, prefix: str, mark: str) -> None:
    assert rendered("{% current p %}", p=prefix, request=RequestFactory().get(path)) == mark


def test_current_without_a_request() -> None:
    assert rendered("{% current '/help/' %}", request=SimpleNamespace()) == ""
