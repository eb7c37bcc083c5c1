"""DEL-5, M9: the public list of reasons, kept by who sets the rules of the place, and by nobody else."""

from datetime import timedelta

import pytest

from kinline.core.models import AuditEvent
from kinline.delivery import queries as delivery_queries
from kinline.delivery import services as delivery
from kinline.flows.decide_review import refuse
from kinline.flows.tests.test_send import write
from kinline.identity.models import Role
from kinline.messaging.models import Message

pytestmark = pytest.mark.django_db
REASONS = "/staff/reasons/"
GANG = {
    "act": "add", "text": "It passes on orders of a gang.", "text_es": "Transmite órdenes de una pandilla.", "code": "",
}  # fmt: skip


@pytest.fixture
def clerk(admin, staff_client):
    return staff_client(admin)


def text(answer):
    return answer.content.decode()


def kept(place):
    """Everything of the list, to see that nothing of it changed; and what was written down of it."""
    rows = place.refusal_reasons.order_by("pk").values_list("code", "text", "text_es", "retired_at")
    return list(rows), AuditEvent.objects.filter(act__startswith="reason.").count()


def codes(place):
    return sorted(place.refusal_reasons.filter(retired_at=None).values_list("code", flat=True))


def press(client, act, reason, **how):
    return client.post(REASONS, {"act": act, "reason": reason.pk}, **how)


# One more


def test_a_reason_is_added_with_a_code_of_its_words_and_everybody_reads_it(clerk, client, north, south, admin):
    assert clerk.post(REASONS, GANG)["Location"] == REASONS
    made = north.refusal_reasons.get(text=GANG["text"])
    assert (made.code, made.text_es) == ("it-passes-on-orders-of-a-gang", GANG["text_es"])
    row = AuditEvent.objects.get(act="reason.add", facility_id=north.pk)
    assert (row.actor, row.detail) == (f"staff:{admin.pk}", {"code": made.code})
    assert made.code in text(clerk.get(REASONS))
    assert GANG["text"] in text(client.get(f"/facilities/{north.slug}/"))
    assert codes(south) == ["plan", "threat"]


def test_a_code_of_ones_own_and_one_that_others_words_have_taken(clerk, north):
    clerk.post(REASONS, GANG | {"code": "Gang"})
    clerk.post(REASONS, GANG | {"code": "", "text": "Gang!", "text_es": "¡Pandilla!"})
    assert codes(north) == ["gang", "gang-2", "plan", "threat"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"), ({"text_es": " "}, "text_es"), ({"text": "x" * 201}, "text"),
        ({"text": "It criticizes the staff."}, "text"), ({"text_es": "Critica al personal."}, "text_es"),
        ({"code": "political-views"}, "code"), ({"code": "no code"}, "code"), ({"code": "x" * 41}, "code"),
        ({"code": "threat"}, "code"), ({"code": "old"}, "code"), ({"text": "it THREATENS  somebody."}, "text"),
        ({"text": "!!! ???"}, "code"), ({"text": "\x00"}, "text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_added(clerk, north, now, wrong, field):
    north.refusal_reasons.create(code="old", text="It is old.", text_es="Es viejo.", retired_at=now)
    before, typed = kept(north), GANG | wrong
    answer = clerk.post(REASONS, typed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert 'id="errors"' in text(answer)
    assert {name: form[name].value() for name in form.fields} == {name: typed[name] for name in form.fields}
    assert kept(north) == before


def test_a_taken_code_says_which_one_is_free_and_rewords_nothing(clerk, north):
    before = kept(north)
    assert "threat-2 is free" in text(clerk.post(REASONS, GANG | {"code": "threat"}))
    assert kept(north) == before


# Retired, and back


def test_a_retired_reason_cannot_be_chosen_and_what_was_refused_for_it_keeps_it(
    clerk, client, north, officer, mother_party, contact, money, now
):
    money(mother_party, 100)
    delivery.set_policy(facility_id=north.pk, rules=[{"id": "held", "then": "review"}], now=now - timedelta(hours=2))
    letter = write(mother_party, contact, now, "A letter").message_id
    refuse(staff=officer, message_id=letter, reason_code="threat", explanation="The second line.", now=now)
    reason = north.refusal_reasons.get(code="threat")
    assert {one.code: given for one, given in clerk.get(REASONS).context["rows"]} == {"threat": 1, "plan": 0}
    assert press(clerk, "retire", reason)["Location"] == REASONS
    assert codes(north) == ["plan"]
    assert Message.objects.get(pk=letter).review.reason == reason
    assert reason.text not in text(client.get(f"/facilities/{north.slug}/"))
    assert AuditEvent.objects.get(act="reason.retire").detail == {"code": "threat"}
    assert press(clerk, "restore", reason)["Location"] == REASONS
    assert codes(north) == ["plan", "threat"]
    assert AuditEvent.objects.get(act="reason.restore").facility_id == north.pk


def test_the_last_reason_stays(clerk, north):
    plan, threat = north.refusal_reasons.order_by("code")
    press(clerk, "retire", plan)
    before = kept(north)
    assert "It is the last reason of the list" in text(press(clerk, "retire", threat, follow=True))
    assert kept(north) == before
    assert "not on the list any more" in text(press(clerk, "retire", plan, follow=True))  # a second press
    assert kept(north) == before


@pytest.mark.parametrize("hours", [-1, 24])
def test_a_reason_of_a_rule_stays_also_of_one_to_come(clerk, north, now, hours):
    rule = {"id": "no-threats", "then": "refuse", "reason": "threat", "why": {"en": "No threats."}}
    begins = now + timedelta(hours=hours)
    delivery.set_policy(facility_id=north.pk, rules=[rule], now=min(now, begins), effective_from=begins)
    before = kept(north)
    said = text(press(clerk, "retire", north.refusal_reasons.get(code="threat"), follow=True))
    assert "The rule no-threats of version 2 refuses with this reason" in said
    assert kept(north) == before


def test_a_reason_of_a_list_stays_until_the_list_ends(clerk, north, admin, now):
    today = delivery_queries.today_at(north, now)
    row = delivery.create_list(
        facility_id=north.pk, kind="words", name="Contraband", purpose="Finds.", owner_id=admin.pk, until=today,
        today=today, now=now, reason_code="threat", why={"en": "No."},
    )  # fmt: skip
    reason, before = north.refusal_reasons.get(code="threat"), kept(north)
    assert "The list Contraband refuses with this reason" in text(press(clerk, "retire", reason, follow=True))
    assert kept(north) == before
    delivery.end_list(row, now=now)
    press(clerk, "retire", reason)
    assert codes(north) == ["plan"]


def test_an_opinion_from_before_and_the_same_words_twice_do_not_come_back(clerk, north, now):
    for code, words in (("tone", "It criticizes the staff."), ("threats", "It threatens somebody.")):
        old = north.refusal_reasons.create(code=code, text=words, retired_at=now)
        before = kept(north)
        assert 'class="flash bad"' in text(press(clerk, "restore", old, follow=True))
        assert kept(north) == before


# Who may


@pytest.mark.parametrize("act", ["retire", "restore"])
def test_another_places_reason_is_not_there(clerk, south, far, now, act):
    for place in (south, far):
        place.refusal_reasons.filter(code="plan").update(retired_at=now)
        for reason in place.refusal_reasons.all():
            before = kept(place)
            assert press(clerk, act, reason).status_code == 404
            assert kept(place) == before


@pytest.mark.parametrize("fields", [{}, {"act": "x"}, {"act": "retire", "reason": "x"}, {"act": "restore"}])
def test_what_is_no_act_does_nothing(clerk, north, fields):
    before = kept(north)
    assert clerk.post(REASONS, fields).status_code in {400, 404}
    assert kept(north) == before


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FACILITY_ADMIN, Role.AGENCY_ADMIN}))
def test_nobody_else_sees_or_changes_it(role, member, staff_client, north):
    client, before = staff_client(member(role, north)), kept(north)
    assert client.get(REASONS).status_code == 403
    assert client.post(REASONS, GANG).status_code == 403
    assert press(client, "retire", north.refusal_reasons.get(code="plan")).status_code == 403
    assert kept(north) == before
    assert REASONS not in text(client.get("/staff/"))


def test_in_spanish_the_page_and_what_it_refuses(clerk, north):
    clerk.post("/staff/language/", {"language": "es", "next": "/staff/"})
    answer = text(clerk.post(REASONS, GANG | {"text": "It is political."}))
    assert "Motivos de Sample North para no entregar una carta" in answer
    assert "No se rechaza una carta por lo que alguien piensa." in answer
