from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class AuditEvent(models.Model):
    """One act of staff, an operator or the system, written in the act's own transaction (STF-4).

    Never holds content, a PIN, or an address. `actor` is `staff:<id>`, `operator`, `family:<id>`,
    `resident:<id>` or `system`; `object` is `<kind>:<id>`. Insert-only, by database rule; a sealing job chains
    the rows by hash (`core.sealing`).
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    act = models.CharField(max_length=60)
    object = models.CharField(max_length=80, blank=True)
    facility_id = models.BigIntegerField(null=True, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "core_audit_event"
        indexes = [
            models.Index(fields=["object", "id"], name="audit_by_object"),
            models.Index(fields=["facility_id", "id"], name="audit_by_place"),
            # Rows come in the order of time and are never moved, so a few pages say where a day begins.
            BrinIndex(fields=["at"], autosummarize=True, pages_per_range=32, name="audit_by_time"),
        ]


class AuditSeal(models.Model):
    """One link of the chain over the audit log, written by the sealing job alone. Insert-only, by database rule.

    `position` counts without gaps; `digest` is `core.chain.link` of the digest before and the row. `event_id` is a
    plain id: the proof must be able to say that a row is gone.
    """

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "core_audit_seal"
