from django.db import migrations

# The usual letter in one statement: the price reserved (and, delivered at once, captured), the message, its body, its
# copies, its review, the audit row, its jobs. Returns no row, and has written nothing, when the credits do not suffice;
# a row without an id when the family member's account was closed meanwhile.
# The same in Python with the domains' verbs stands in tests/money/test_send_twin.py; that test holds the two equal.
SEND = """
CREATE FUNCTION send_letter(
    p_contact bigint, p_side text, p_user bigint, p_resident bigint, p_facility bigint, p_subject text, p_body text,
    p_length integer, p_price bigint, p_payer text, p_revenue text, p_state text, p_deliver_at timestamptz,
    p_decision jsonb, p_key uuid, p_hash bytea, p_reply_to bigint, p_queue text, p_now timestamptz
) RETURNS TABLE (message_id bigint, state text, payer text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_id bigint := nextval(pg_get_serial_sequence('messaging_message', 'id'));
    v_hold bigint;
    v_family bigint := CASE WHEN p_side = 'family' THEN p_user END;
    v_inside bigint := CASE WHEN p_side = 'resident' THEN p_resident END;
    v_delivered timestamptz := CASE WHEN p_state = 'delivered' THEN p_now END;
    v_payer text := CASE WHEN p_price > 0 THEN 'sender' ELSE 'nobody' END;
BEGIN
    -- Until the commit, the family member's account cannot be closed: what it then owes would be wrong.
    PERFORM FROM identity_user WHERE id = p_user AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT NULL::bigint, 'closed', NULL;
        RETURN;
    END IF;
    IF p_price > 0 THEN
        IF p_state = 'delivered' THEN
            v_hold := ledger_try_hold_and_capture('message:' || v_id, 'message', ARRAY[p_payer], ARRAY[p_price],
                                                  p_revenue, p_now, 'message:' || v_id);
        ELSE
            v_hold := ledger_try_hold('message:' || v_id, 'message', ARRAY[p_payer], ARRAY[p_price], p_now);
        END IF;
        IF v_hold IS NULL THEN
            RETURN;
        END IF;
    END IF;
    INSERT INTO messaging_message (id, contact_id, sender, facility_id, subject, length, state, price_cents, payer,
            hold_id, decision, client_key, input_hash, reply_to_id, sent_at, deliver_at, delivered_at)
        VALUES (v_id, p_contact, p_side, p_facility, p_subject, p_length, p_state, p_price, v_payer,
            v_hold, p_decision, p_key, p_hash, p_reply_to, p_now, p_deliver_at, v_delivered);
    INSERT INTO messaging_body (message_id, text) VALUES (v_id, p_body);
    INSERT INTO messaging_mailbox (message_id, contact_id, user_id, resident_id, folder, at, read_at)
        VALUES (v_id, p_contact, v_family, v_inside, 'sent', p_now, p_now);
    IF p_state = 'delivered' THEN
        INSERT INTO messaging_mailbox (message_id, contact_id, user_id, resident_id, folder, at)
            VALUES (v_id, p_contact, CASE WHEN v_family IS NULL THEN p_user END,
                    CASE WHEN v_inside IS NULL THEN p_resident END, 'inbox', p_now);
    ELSIF p_state = 'review' THEN
        INSERT INTO messaging_review (message_id, facility_id, since, decision, explanation, by_rule)
            VALUES (v_id, p_facility, p_now, '', '', '');
    END IF;
    INSERT INTO core_audit_event (at, actor, act, object, facility_id, detail)
        VALUES (p_now, p_side || ':' || coalesce(v_family, v_inside), 'message.send', 'message:' || v_id, p_facility,
                '{}');
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at)
        SELECT p_queue, task, 0, jsonb_build_object('message_id', v_id), at
        FROM (VALUES ('after_delivery', NULL::timestamptz), ('deliver_due', p_deliver_at)) AS job (task, at)
        WHERE task = 'after_delivery' OR p_state = 'scheduled';
    DELETE FROM messaging_draft d
        WHERE d.contact_id = p_contact AND d.client_key = p_key
          AND d.user_id IS NOT DISTINCT FROM v_family AND d.resident_id IS NOT DISTINCT FROM v_inside;
    RETURN QUERY SELECT v_id, p_state, v_payer;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_database_rules"),
        ("ledger", "0003_functions"),
        ("messaging", "0002_search_and_deciders"),
    ]

    operations = [migrations.RunSQL(SEND, "DROP FUNCTION send_letter")]
