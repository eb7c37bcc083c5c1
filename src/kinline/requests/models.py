from django.db import models
from django.db.models import Q

from kinline.facilities.models import Facility, HousingUnit
from kinline.identity.models import User
from kinline.residents.models import Resident


class Kind(models.TextChoices):
    REQUEST = "request"
    GRIEVANCE = "grievance"


class State(models.TextChoices):
    """`open` waits for staff; `answered` at its level, perhaps to be asked again; `withdrawn` by the resident."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class Outcome(models.TextChoices):
    GRANTED = "granted"
    PARTLY = "partly"
    DENIED = "denied"
    INFORMED = "informed"  # nothing was asked for but to know


class RequestForm(models.Model):
    """A form of a facility. `questions`: `[{"kind", "label": {"en", "es"}, "required", "choices"}]`, see `rules`.

    Days are working days, but `emergency_days`, which are calendar days (28 CFR 115.52(f): 48 hours, 5 days).
    `desk`: who answers, as the queue is sorted by.
    """

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="request_forms")
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    desk = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    name_es = models.CharField(max_length=80, blank=True)
    intro = models.CharField(max_length=600, blank=True)
    intro_es = models.CharField(max_length=600, blank=True)
    questions = models.JSONField(default=list)
    answer_days = models.PositiveSmallIntegerField(default=5)
    levels = models.PositiveSmallIntegerField(default=1)
    ask_again_days = models.PositiveSmallIntegerField(default=5)
    emergency_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    emergency_days = models.PositiveSmallIntegerField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "code"], name="form_code_in_facility"),
            models.CheckConstraint(condition=Q(answer_days__gte=1, ask_again_days__gte=1), name="form_days_not_zero"),
            models.CheckConstraint(condition=Q(levels__gte=1, levels__lte=3), name="form_levels"),
            models.CheckConstraint(
                condition=Q(emergency_hours=None, emergency_days=None)
                | Q(kind="grievance", emergency_hours__gte=1, emergency_days__gte=1),
                name="emergency_has_both_deadlines",
            ),
        ]


class Reporting(models.Model):
    """How abuse is reported here, in a facility's own words (REC2: 28 CFR 115.51, 115.53, 115.54). In public.

    `outside`: to residents, whom outside the agency they may tell, without a name if they wish. `others`: how family
    and anybody else reports for them.
    """

    facility = models.OneToOneField(Facility, models.PROTECT, related_name="reporting")
    outside = models.CharField(max_length=800, blank=True)
    outside_es = models.CharField(max_length=800, blank=True)
    others = models.CharField(max_length=800, blank=True)
    others_es = models.CharField(max_length=800, blank=True)


class Request(models.Model):
    """One form filled in. `answers`: `[{"label": {"en", "es"}, "kind", "text"}]` with the questions as they were."""

    id = models.BigAutoField(primary_key=True)
    form = models.ForeignKey(RequestForm, models.PROTECT, related_name="requests")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="requests")
    unit = models.ForeignKey(HousingUnit, models.PROTECT, null=True, blank=True, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="requests")
    is_emergency = models.BooleanField(default=False)
    answers = models.JSONField()
    client_key = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    level = models.PositiveSmallIntegerField(default=1)
    filed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "client_key"], name="request_filed_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=3), name="request_level"),
        ]
        indexes = [
            models.Index(fields=["resident", "-id"], name="request_of_resident"),
            models.Index(fields=["facility", "filed_at"], condition=Q(state="open"), name="request_open"),
        ]


class Step(models.Model):
    """A request at one level: asked, perhaps first answered (emergency), answered. Never changed after its answer.

    `text`: why it is asked again, empty at the first level. `alerted_at`: staff were told that it is overdue.
    """

    request = models.ForeignKey(Request, models.PROTECT, related_name="steps")
    level = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=4000, blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField(null=True, blank=True)
    first_at = models.DateTimeField(null=True, blank=True)
    first_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    first_answer = models.CharField(max_length=4000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.CharField(max_length=4000, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "level"], name="one_step_a_level"),
            models.UniqueConstraint(
                fields=["request", "answered_by"],
                condition=Q(answered_by__isnull=False),
                name="each_level_another_person",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, outcome="", answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(outcome="") & ~Q(answer="")),
                name="answer_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(first_at=None, first_by=None, first_answer="")
                | (Q(first_at__isnull=False, first_by__isnull=False) & ~Q(first_answer="")),
                name="first_answer_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(answered_at=None), name="step_due")]


class RequestDraft(models.Model):
    """What a resident has written into a form so far; one a form (KSK-2, KSK-4)."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="request_drafts")
    form = models.ForeignKey(RequestForm, models.CASCADE, related_name="drafts")
    typed = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident", "form"], name="one_draft_a_form")]
