import pytest
from django.http import Http404

from kinline.design.http import found


@pytest.mark.parametrize("thing", [0, "", [], "here"])
def test_what_is_there_is_given(thing: object) -> None:
    assert found(thing) is thing


def test_what_is_not_there_is_a_page_of_its_own() -> None:
    with pytest.raises(Http404):
        found(None)
