from django.db import migrations, models

# A search reads whatever an index has not sorted in yet, up to four megabytes of it: sort in at once. Only the job that
# follows a letter pays for that.
SORTED = """
    ALTER INDEX search_of_family SET (fastupdate = off);
    ALTER INDEX search_of_resident SET (fastupdate = off);
    SELECT gin_clean_pending_list('search_of_family'), gin_clean_pending_list('search_of_resident');
"""
SORTED_BACK = """
    ALTER INDEX search_of_family RESET (fastupdate);
    ALTER INDEX search_of_resident RESET (fastupdate);
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_search_and_deciders")]

    operations = [
        migrations.RunSQL(SORTED, SORTED_BACK),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["contact", "sender"],
                condition=models.Q(payer="recipient", state__in=["review", "scheduled", "collect"]),
                name="message_collect_waits",
            ),
        ),
        # The newest unread letter is the first of its index then, however many wait.
        *(
            operation
            for side, name in (("user", "mailbox_unread_family"), ("resident", "mailbox_unread_resident"))
            for operation in (
                migrations.RemoveIndex("mailbox", name),
                migrations.AddIndex(
                    "mailbox",
                    models.Index(
                        side,
                        models.F("at").desc(),
                        models.F("id").desc(),
                        condition=models.Q(("folder", "inbox"), ("read_at", None), (f"{side}__isnull", False)),
                        name=name,
                    ),
                ),
            )
        ),
    ]
