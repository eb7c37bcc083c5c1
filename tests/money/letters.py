"""The laws of letters and their money, asked of every row: what must hold after any history, race or fault.

MON-1, MSG-3, MSG-4, MON-8: an undelivered letter costs nobody anything, a delivered one was paid once and by the right
person or agency; the reader has a copy exactly when there is something to read or to pay for; whatever waits has what
ends it; what was paid ahead for a reply is set aside, used once, or back; photos are paid with their letter.
"""

from django.db import connection

from kinline.ledger import queries

# Each answers with the messages that break it. `h`: the holds of a message, with payer and end; a reply's may have been
# made by the other side with the letter before. `ahead`: what was paid ahead, with its hold and the reply that uses it.
_HELD = """
    WITH held AS (
        SELECT h.key, h.purpose, h.id, h.cents, a.address AS payer, coalesce(r.kind, 'open') AS kind, r.cents AS taken,
               r.entry_id
        FROM ledger_hold h JOIN ledger_holdline l ON l.hold_id = h.id JOIN ledger_account a ON a.id = l.account_id
        LEFT JOIN ledger_resolution r ON r.hold_id = h.id
    ), h AS (
        SELECT split_part(key, ':', 2)::bigint AS message_id, id, cents, payer, kind, taken, entry_id
        FROM held WHERE purpose = 'message'
        UNION ALL
        SELECT p.used_by_id, held.id, cents, payer, kind, taken, entry_id
        FROM held JOIN messaging_prepaidreply p ON p.hold_id = held.id WHERE p.used_by_id IS NOT NULL
    ), m AS (
        SELECT m.*, c.user_id, c.resident_id, CASE m.sender WHEN 'family' THEN 'resident' ELSE 'family' END AS reader
        FROM messaging_message m JOIN contacts_contact c ON c.id = m.contact_id
    ), paid AS (
        SELECT m.*, CASE payer WHEN 'sender' THEN sender ELSE reader END AS payer_side
        FROM m WHERE state = 'delivered' AND payer NOT IN ('nobody', 'agency') AND price_cents > 0
    ), ahead AS (
        SELECT p.*, m.state AS letter, m.sender, m.contact_id, m.user_id, m.resident_id,
               h.kind, h.cents AS held_cents, h.payer AS held_of, r.state AS reply, r.payer AS reply_payer,
               r.reply_to_id AS answers, r.sender AS reply_sender
        FROM messaging_prepaidreply p JOIN m ON m.id = p.message_id
        LEFT JOIN held h ON h.id = p.hold_id AND h.key = 'reply:' || p.message_id LEFT JOIN m r ON r.id = p.used_by_id
    ), shot AS (
        SELECT p.id, p.price_cents, p.hold_id, p.message_id, p.contact_id AS beside, m.contact_id, m.state, m.sender,
               m.facility_id, m.user_id, h.id AS held_id, h.kind, h.cents AS held_cents, h.payer AS held_of, h.taken,
               h.entry_id
        FROM messaging_photo p LEFT JOIN m ON m.id = p.message_id
        LEFT JOIN held h ON h.purpose = 'photo' AND h.key = 'photo:' || p.id
    ), granted AS (
        SELECT m.*, u.used_at, u.returned_at, u.id AS use_id, e.id AS entry_id
        FROM m LEFT JOIN payments_allowanceuse u ON u.about = 'message:' || m.id
        LEFT JOIN ledger_entry e ON e.key = 'allowance:message:' || m.id
    )
"""
_LAWS = {
    "what was not delivered, or was free, cost nothing":
        "SELECT id FROM m WHERE NOT EXISTS (SELECT FROM paid p WHERE p.id = m.id)"
        " AND EXISTS (SELECT FROM h WHERE h.message_id = m.id AND h.kind = 'capture')",
    "what was delivered was paid once":
        "SELECT id FROM paid WHERE (SELECT count(*) FROM h WHERE h.message_id = paid.id AND h.kind = 'capture') <> 1",
    "by the right person, the pinned price, to the facility, and the letter names that hold":
        "SELECT paid.id FROM paid JOIN h ON h.message_id = paid.id AND h.kind = 'capture'"
        " WHERE h.payer <> payer_side || ':' || CASE payer_side WHEN 'family' THEN user_id ELSE resident_id END"
        "       || ':messages'"
        " OR h.taken <> price_cents OR h.cents <> price_cents OR h.id IS DISTINCT FROM hold_id"
        " OR NOT EXISTS (SELECT FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
        "                WHERE p.entry_id = h.entry_id AND p.cents = price_cents"
        "                AND a.address = 'facility:' || facility_id || ':revenue')",
    "money is set aside exactly for what waits and is paid by its sender":
        "SELECT id FROM m WHERE (SELECT count(*) FROM h WHERE h.message_id = m.id AND h.kind = 'open') <>"
        " (state IN ('scheduled', 'review', 'paper') AND payer IN ('sender', 'prepaid') AND price_cents > 0)::int",
    "no hold is without its letter":
        "SELECT h.message_id FROM h WHERE NOT EXISTS (SELECT FROM m WHERE m.id = h.message_id)",
    "the reader has a copy exactly of what is delivered or offered":
        "SELECT id FROM m WHERE (SELECT count(*) FROM messaging_mailbox b WHERE b.message_id = m.id"
        " AND (b.user_id IS NOT NULL) = (reader = 'family')) <> (state IN ('delivered', 'collect'))::int",
    "the sender has one copy":
        "SELECT id FROM m WHERE (SELECT count(*) FROM messaging_mailbox b WHERE b.message_id = m.id"
        " AND (b.user_id IS NOT NULL) = (sender = 'family')) <> 1",
    "the copies belong to the two":
        "SELECT m.id FROM m JOIN messaging_mailbox b ON b.message_id = m.id"
        " WHERE coalesce(b.user_id, m.user_id) <> m.user_id OR coalesce(b.resident_id, m.resident_id) <> m.resident_id",
    "every letter has its text":
        "SELECT m.id FROM m LEFT JOIN messaging_body b ON b.message_id = m.id"
        " WHERE char_length(b.text) IS DISTINCT FROM m.length",
    "what is in review waits for a decision, and nothing else does":
        "SELECT m.id FROM m LEFT JOIN messaging_review r ON r.message_id = m.id AND r.decision = ''"
        " WHERE (m.state = 'review') <> (r.id IS NOT NULL)",
    "what is refused has its reason, and what a person let through went its way":
        "SELECT m.id FROM m LEFT JOIN messaging_review r ON r.message_id = m.id"
        " WHERE (m.state IN ('refused', 'withheld') AND r.decision IS DISTINCT FROM 'refuse')"
        " OR (m.state = 'delivered' AND r.decision = 'refuse' AND m.payer <> 'nobody')"
        " OR (m.state IN ('delivered', 'collect', 'declined') AND r.decision = 'withdrawn')",
    "what waits for its time has the job that ends the wait":
        "SELECT id FROM m WHERE state = 'scheduled' AND NOT EXISTS (SELECT FROM procrastinate_jobs j"
        " WHERE j.task_name = 'deliver_due' AND (j.args->>'message_id')::bigint = m.id"
        " AND j.status IN ('todo', 'doing'))",
    "what is paid ahead is of who wrote the letter, at the price that was set aside":
        "SELECT message_id FROM ahead WHERE held_cents IS DISTINCT FROM price_cents OR held_of IS DISTINCT FROM account"
        " OR account <> sender || ':' || CASE sender WHEN 'family' THEN user_id ELSE resident_id END || ':messages'",
    "what is set aside for a reply has its letter":
        "SELECT split_part(key, ':', 2)::bigint FROM held WHERE purpose = 'reply'"
        " AND NOT EXISTS (SELECT FROM messaging_prepaidreply p WHERE p.hold_id = held.id)",
    "it is set aside until it is used or back":
        "SELECT message_id FROM ahead WHERE kind IS NULL OR CASE state WHEN 'open' THEN kind <> 'open'"
        " WHEN 'returned' THEN kind NOT IN ('void', 'expire')"
        " ELSE kind <> CASE WHEN reply = 'delivered' THEN 'capture' ELSE 'open' END END",
    "a reply uses it only while it is on its way or delivered, and only a reply to that letter":
        "SELECT message_id FROM ahead WHERE state = 'used'"
        " AND (reply NOT IN ('scheduled', 'review', 'paper', 'delivered')"
        " OR reply_payer <> 'prepaid' OR answers <> message_id OR reply_sender = sender)",
    "a reply that was paid ahead has what pays for it":
        "SELECT id FROM m WHERE payer = 'prepaid' AND state IN ('scheduled', 'review', 'paper', 'delivered')"
        " AND NOT EXISTS (SELECT FROM ahead WHERE used_by_id = m.id AND state = 'used')",
    "it waits only for who can still reply":
        "SELECT message_id FROM ahead JOIN identity_user u ON u.id = user_id WHERE state = 'open'"
        " AND (letter NOT IN ('scheduled', 'review', 'paper', 'delivered') OR u.closed_at IS NOT NULL OR NOT EXISTS"
        " (SELECT FROM residents_custody k WHERE k.resident_id = ahead.resident_id AND k.ended_at IS NULL))",
    "its days begin with the delivery":
        "SELECT message_id FROM ahead WHERE state <> 'returned' AND (expires_at IS NULL) = (letter = 'delivered')",
    "the agency pays for what names it, counted once; what is not delivered is given back":
        "SELECT id FROM granted WHERE CASE WHEN payer <> 'agency' THEN use_id IS NOT NULL AND returned_at IS NULL"
        " WHEN state = 'delivered' THEN used_at IS NULL"
        " WHEN state IN ('scheduled', 'review', 'paper') THEN use_id IS NULL"
        " OR used_at IS NOT NULL OR returned_at IS NOT NULL ELSE returned_at IS NULL END",
    "the agency is charged the pinned price of what was delivered, and of nothing else":
        "SELECT id FROM granted WHERE (entry_id IS NOT NULL) <> (payer = 'agency' AND state = 'delivered')"
        " OR entry_id IS NOT NULL AND (SELECT array_agg(a.address || ' ' || p.cents ORDER BY p.line)"
        "   FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = granted.entry_id)"
        " IS DISTINCT FROM (SELECT ARRAY['agency:' || f.agency_id || ':funding ' || -price_cents,"
        "   'facility:' || f.id || ':revenue ' || price_cents] FROM facilities_facility f WHERE f.id = facility_id)",
    "a photo without a letter costs nothing":
        "SELECT id FROM shot WHERE message_id IS NULL AND (held_id IS NOT NULL OR hold_id IS NOT NULL)",
    "a photo goes with a letter of its family to the same person, and the letter knows how many":
        "SELECT id FROM shot WHERE message_id IS NOT NULL AND (sender <> 'family' OR beside <> contact_id)"
        " UNION ALL SELECT id FROM m WHERE photo_count <> (SELECT count(*) FROM shot WHERE message_id = m.id)",
    "a letter with photos is never delivered unread":
        "SELECT m.id FROM m WHERE photo_count > 0 AND state <> 'refused'"
        " AND NOT EXISTS (SELECT FROM messaging_review r WHERE r.message_id = m.id)",
    "what a photo costs is set aside exactly while its letter waits":
        "SELECT id FROM shot WHERE message_id IS NOT NULL AND"
        " (kind = 'open') IS DISTINCT FROM CASE WHEN price_cents = 0 THEN NULL"
        " WHEN held_id IS NULL THEN NULL ELSE state IN ('scheduled', 'review', 'paper') END",
    "a photo is paid exactly when its letter is delivered, once, its pinned price, to the facility, by who sent it":
        "SELECT id FROM shot WHERE message_id IS NOT NULL AND ("
        " (coalesce(kind, '') = 'capture') <> (state = 'delivered' AND hold_id IS NOT NULL)"
        " OR hold_id IS NOT NULL AND hold_id IS DISTINCT FROM held_id"
        " OR held_id IS NOT NULL AND (held_cents <> price_cents OR held_of <> 'family:' || user_id || ':messages')"
        " OR kind = 'capture' AND (taken <> price_cents OR NOT EXISTS (SELECT FROM ledger_posting p"
        "   JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = shot.entry_id AND p.cents = price_cents"
        "   AND a.address = 'facility:' || facility_id || ':revenue')))",
    "only what a rule or a person refused, or what was free, has photos that nothing was set aside for":
        "SELECT shot.id FROM shot LEFT JOIN messaging_review r ON r.message_id = shot.message_id"
        " WHERE shot.message_id IS NOT NULL AND price_cents > 0 AND held_id IS NULL"
        " AND NOT (r.decision = 'refuse' AND r.by_rule <> '')",
    "no hold is without its photo":
        "SELECT split_part(key, ':', 2)::bigint FROM held WHERE purpose = 'photo'"
        " AND NOT EXISTS (SELECT FROM shot WHERE shot.held_id = held.id)",
    "what waits for paper is of a family, for somebody here who gets paper, or is printed, once":
        "SELECT m.id FROM m JOIN residents_resident r ON r.id = resident_id, LATERAL (SELECT count(*) AS open"
        " FROM messaging_printedletter p WHERE p.message_id = m.id AND p.outcome = '') printed WHERE state = 'paper'"
        " AND (sender <> 'family' OR printed.open > 1 OR (r.paper_since IS NULL AND printed.open = 0) OR NOT EXISTS"
        " (SELECT FROM residents_custody k WHERE k.resident_id = r.id AND k.ended_at IS NULL))",
    "what is offered waits for its reader to pay":
        "SELECT id FROM m WHERE state = 'collect' AND (payer <> 'recipient' OR price_cents = 0)",
}  # fmt: skip


# Of accounts: who was charged what, by the letters' own word.
_CHARGED = """,
    charged AS (
        SELECT payer_side || ':' || CASE payer_side WHEN 'family' THEN user_id ELSE resident_id END || ':messages'
                   AS address, price_cents
        FROM paid
        UNION ALL
        SELECT 'family:' || user_id || ':messages', price_cents FROM shot
        WHERE state = 'delivered' AND hold_id IS NOT NULL
    ), booked AS (
        SELECT a.address, e.kind, p.cents FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id JOIN ledger_entry e ON e.id = p.entry_id
    )
"""
_ACCOUNT_LAWS = {
    "a balance is what came in and went back less what delivered letters cost":
        "SELECT a.address FROM ledger_balance b JOIN ledger_account a ON a.id = b.account_id WHERE b.posted_cents <>"
        " (SELECT coalesce(sum(cents), 0) FROM booked WHERE booked.address = a.address"
        "  AND kind NOT IN ('message', 'reply', 'photo'))"
        " - (SELECT coalesce(sum(price_cents), 0) FROM charged WHERE charged.address = a.address)",
    "customers are owed what their balances say":
        "SELECT 'all' WHERE (SELECT coalesce(sum(posted_cents), 0) FROM ledger_balance) <>"
        " (SELECT coalesce(sum(cents), 0) FROM booked WHERE ledger_is_customer(address))",
    "no week has more than the agency ever gave":
        "SELECT u.resident_id || ' ' || u.week FROM payments_allowanceuse u WHERE returned_at IS NULL"
        " GROUP BY u.resident_id, u.facility_id, u.kind, u.week HAVING sum(u.count) >"
        " (SELECT max(a.per_week) FROM payments_allowance a WHERE a.facility_id = u.facility_id AND a.kind = u.kind)",
    "what was earned is the price of what was delivered":
        "SELECT 'all' WHERE (SELECT coalesce(sum(price_cents), 0) FROM charged)"
        " + (SELECT coalesce(sum(price_cents), 0) FROM m WHERE payer = 'agency' AND state = 'delivered') <>"
        " (SELECT coalesce(sum(cents), 0) FROM booked WHERE address LIKE 'facility:%:revenue')",
    "a closed account is owed what was left or went back to its owner, and holds nothing":
        "SELECT c.user_id::text FROM identity_closure c JOIN ledger_account a"
        " ON a.address = 'family:' || c.user_id || ':messages' JOIN ledger_balance b ON b.account_id = a.id"
        " WHERE b.held_cents <> 0 OR c.owed_cents <> b.posted_cents"
        " - (SELECT coalesce(sum(cents), 0) FROM booked WHERE booked.address = a.address AND kind = 'refund')",
}  # fmt: skip
_STATEMENT = (
    _HELD.rstrip()
    + _CHARGED
    + " UNION ALL ".join(
        f"SELECT '{name}: ' || x.id FROM ({law}) x (id)" for name, law in {**_LAWS, **_ACCOUNT_LAWS}.items()
    )
)


def wrongs() -> list[str]:
    """Every law that does not hold, with the letter or account that breaks it. Empty when all is right."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT)
        found = [row[0] for row in cursor.fetchall()]
    return found + [f"{broken.law}: {broken.where}" for broken in queries.replay()]
