from django.db import models


class AuditEvent(models.Model):
    """One act of staff, an operator or the system, written in the act's own transaction (STF-4).

    Never holds content, a PIN, or an address. `actor` is `staff:<id>`, `operator`, `family:<id>`,
    `resident:<id>` or `system`; `object` is `<kind>:<id>`. Insert-only, by database rule; a sealing job chains
    the rows by hash (the audit issue).
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
        indexes = [models.Index(fields=["object", "id"], name="audit_by_object")]
