"""Letters in every state, sent and decided through the flows at moments of the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kinline.core.parties import Party
from kinline.flows import appeal, collect, decide_review, mailbox, review_desk, take_back
from kinline.flows.deliver_message import deliver_due
from kinline.flows.send_message import send
from kinline.messaging import queries
from kinline.messaging.models import Message
from kinline.ops.demo import people
from kinline.ops.demo.calendar import ago, done_before
from kinline.ops.demo.people import DANIEL, GRACE, LEFT, LUIS, OMAR, ROSA, Cast, key
from kinline.ops.demo.places import Jail

ANA, BEN, CARMEN = "sample.ana", "sample.ben", "sample.carmen"


@dataclass(frozen=True, slots=True)
class Sample:
    """`days` ago at `clock`; 0 days: five minutes ago. `read_after`: hours until it was opened; None: not yet.

    `ends`: something else comes before its delay is over. `prepay`: its sender pays for the reply, too.
    """

    name: str
    sender: str
    to: str
    days: int
    clock: str
    subject: str
    body: str
    read_after: int | None = None
    collect: bool = False
    answers: str = ""
    ends: bool = False
    prepay: bool = False


LETTERS = (
    Sample(
        "ana-1", ANA, DANIEL, 21, "19:05", "We are all well",
        "Dear Daniel,\n\nyour letter made the whole kitchen quiet. Grandma read it twice and then pretended she had "
        "something in her eye.\n\nThe tomatoes behind the house have finally turned red. I kept the ugliest one for "
        "you on the window sill, as every year. Write when you can. Short is fine.\n\nMama", 14,
    ),
    Sample(
        "daniel-1", DANIEL, ANA, 20, "16:40", "Re: We are all well",
        "Hi Mama,\n\ntell Grandma I saw that. I am eating, I am sleeping, and I have started the book Mr. Sample from "
        "the library put aside for me. It is about a lighthouse.\n\nKeep the ugly tomato.\n\nDaniel", 3,
        answers="ana-1",
    ),
    Sample(
        "ana-2", ANA, DANIEL, 13, "20:10", "Sunday",
        "Dear Daniel,\n\nSunday was your sister's recital. She forgot the second page, stopped, laughed, and began "
        "again. People clapped more for that than for anything else.\n\nI thought of you: it is all right to stop and "
        "begin again.\n\nMama", 20,
    ),
    Sample(
        "daniel-2", DANIEL, ANA, 12, "17:25", "Re: Sunday",
        "Mama,\n\nI read that one to the whole table here. Somebody asked whether she takes requests.\n\nDaniel", 2,
        answers="ana-2",
    ),
    Sample(
        "ana-3", ANA, DANIEL, 3, "18:30", "The class",
        "Dear Daniel,\n\ndid they let you into the carpentry class? Your uncle found his old square and asks if he "
        "may send it to the shop for when you come home.\n\nI am so proud of you.\n\nMama", 15,
    ),
    Sample(
        "daniel-3", DANIEL, ANA, 1, "16:12", "Re: The class",
        "Hi Mama,\n\nI started the carpentry class on Monday! There are nine of us and one very patient teacher. "
        "First we made a box that is almost square. The second one really is.\n\nTell Uncle yes. And tell him I know "
        "now what the small groove is for.\n\nI love you all.\n\nDaniel",
        answers="ana-3",
    ),
    Sample(
        "daniel-4", DANIEL, ANA, 1, "17:45", "A film",
        "Mama,\n\nlast night they showed the old film about the great escape of the zoo penguins. The whole room "
        "laughed. Do you remember when we saw it in the rain?\n\nDaniel",
    ),
    Sample(
        "omar-1", OMAR, ANA, 2, "15:30", "Thank you for the garden",
        "Dear Mrs. Sample,\n\nDaniel told me that you water my mother's garden, too. I wanted to say thank you myself. "
        "I have no credits just now, so I hope it is all right that this comes collect.\n\nOmar",
        collect=True,
    ),
    Sample(
        "luis-1", ANA, LUIS, 9, "12:00", "Hello from your aunt",
        "Dear Luis,\n\nyour mother asks me to write to you, since I type faster. Everybody is fine. The dog has "
        "learned to open the refrigerator, so we have learned to close it.\n\nAunt Ana", 30,
    ),
    Sample(
        "luis-2", LUIS, ANA, 7, "14:00", "Re: Hello from your aunt",
        "Dear Aunt Ana,\n\nthank you! Please tell the dog that I understand him.\n\nLuis", 5, answers="luis-1",
    ),
    Sample(
        "luis-refused", ANA, LUIS, 5, "13:10", "Our joke",
        "Dear Luis,\n\nyour cousin says she will hide a cake as contraband in the library book, like in the cartoons. "
        "Of course she will not. She only wants you to laugh.\n\nAunt Ana",
    ),
    Sample(
        "luis-review", ANA, LUIS, 1, "10:05", "The birthday",
        "Dear Luis,\n\nfor her birthday your cousin took all her friends to an escape room. They did not get out. We "
        "had to ring the bell.\n\nAunt Ana",
    ),
    Sample(
        "luis-scheduled", ANA, LUIS, 0, "", "Good morning",
        "Dear Luis,\n\nthis is only to wish you a good day. Your mother and I are baking.\n\nAunt Ana",
    ),
    Sample(
        "ben-1", BEN, GRACE, 24, "18:00", "Your plants",
        "Grace,\n\nall your plants live. The fern even has a new leaf. I talk to it as you told me to.\n\nBen", 16,
    ),
    Sample("grace-1", GRACE, BEN, 23, "15:00", "Re: Your plants", "Ben,\n\nsay hello to the fern.\n\nGrace", 4,
           answers="ben-1"),
    Sample(
        "ben-left", BEN, LEFT, 10, "17:00", "See you soon",
        "Paul,\n\nI hear it is not long any more. I will be at the gate.\n\nBen", 6,
    ),
    Sample(
        "ben-declined", BEN, GRACE, 8, "20:00", "",
        "Grace,\n\nmy balance is empty, so this one costs you. You can say no, I will tell you on the phone.\n\nBen",
        collect=True,
    ),
    Sample(
        "ben-collect", BEN, GRACE, 2, "19:20", "The new leaf",
        "Grace,\n\nthere is a second new leaf! I could not wait until payday to tell you.\n\nBen", collect=True,
    ),
    Sample(
        "carmen-1", CARMEN, ROSA, 16, "11:30", "Saludos de todos",
        "Querida Rosa:\n\nla abuela pregunta por ti todos los domingos. Le leo tus cartas y después me pide que se las "
        "lea otra vez.\n\nUn abrazo muy fuerte,\nCarmen", 28, prepay=True,
    ),
    Sample(
        "rosa-1", ROSA, CARMEN, 14, "15:15", "Re: Saludos de todos",
        "Querida Carmen:\n\ndile a la abuela que ya casi termino la bufanda. Es verde, como sus ojos.\n\nRosa", 9,
        answers="carmen-1",
    ),
    Sample(
        "rosa-2", ROSA, CARMEN, 1, "13:00", "La bufanda",
        "Querida Carmen:\n\n¡la bufanda está lista! Mañana empiezo otra. ¿De qué color la quieres?\n\nRosa",
        prepay=True,
    ),
    Sample(
        "carmen-back", CARMEN, ROSA, 6, "09:00", "Perdón",
        "Querida Rosa:\n\nescribí esto demasiado rápido y lo retiro. Te escribo mañana con calma.\n\nCarmen",
        ends=True,
    ),
    Sample(
        "carmen-returned", CARMEN, LEFT, 4, "10:45", "Ya casi",
        "Querido Paul:\n\ndicen que sales uno de estos días. Esta carta quizá llegue tarde, ¡ojalá!\n\nCarmen",
        ends=True,
    ),
    Sample(
        "grace-withheld", GRACE, BEN, 11, "16:00", "A sample for staff",
        "Ben,\n\nthis sample letter has the word contraband in it and nothing else of note. It shows staff what it "
        "looks like when a supervisor withholds the notice.\n\nGrace",
    ),
    # For the review desk: words that mean no harm, some waiting for long
    Sample(
        "rosa-review", ROSA, CARMEN, 4, "08:40", "La cocina",
        "Querida Carmen:\n\nlo de la fuga de agua en la cocina me dio mucha risa. Dile a mi tío que esta vez llame al "
        "plomero de verdad.\n\nRosa",
    ),
    Sample(
        "omar-review", OMAR, ANA, 3, "09:15", "The goulash",
        "Dear Mrs. Sample,\n\nmy grandmother's secret weapon was always paprika, twice as much as anybody dared. "
        "Please tell Daniel's sister, she asked.\n\nOmar", collect=True,
    ),
    Sample(
        "luis-waits", LUIS, ANA, 2, "07:20", "The puzzle",
        "Dear Aunt Ana,\n\nwe have a puzzle of a thousand pieces, and it is a picture of nothing but sky. "
        "My secret weapon is to begin with the birds.\n\nLuis",
    ),
    Sample(
        "grace-review", GRACE, BEN, 0, "", "The book club",
        "Ben,\n\nthis month we read about a lighthouse keeper and his escape from an island. Nobody believed the part "
        "with the seal.\n\nGrace",
    ),
    Sample(
        "daniel-refused", DANIEL, ANA, 6, "10:30", "The library",
        "Mama,\n\nthe library has a shelf that we call contraband: the books that everybody wants and nobody gives "
        "back.\n\nDaniel",
    ),
    Sample(
        "grace-late", GRACE, BEN, 3, "08:15", "The ladder",
        "Ben,\n\nthe cat of the kitchen planned her escape over the ladder of the painters. She came back for "
        "supper.\n\nGrace",
    ),
    Sample(
        "grace-overdue", GRACE, BEN, 25, "12:20", "A play",
        "Ben,\n\nwe read a play with parts. I am the smuggler, so I say contraband eleven times.\n\nGrace",
    ),
    Sample(
        "grace-won", GRACE, BEN, 16, "11:10", "The weapon",
        "Ben,\n\nwe learned a word today: a weapon salve, an old cure that was put on the sword and not on the wound. "
        "I thought of you and your bandages.\n\nGrace",
    ),
)  # fmt: skip


def make(jail: Jail, cast: Cast, now: datetime) -> None:
    sent: dict[str, int] = {}
    for sample in sorted(LETTERS, key=lambda one: _at(one, now)):
        sent[sample.name] = _send(cast, sample, sent.get(sample.answers), now)
    _take_back(cast, sent, now)
    _refuse_and_appeal(jail, cast, sent, now)
    with done_before:
        collect.decline(cast.parties[GRACE], message_id=sent["ben-declined"], now=ago(now, 7, "16:00"))
    people.release_one(cast, now)
    _draft(cast, now)


def _at(sample: Sample, now: datetime) -> datetime:
    return ago(now, sample.days, sample.clock) if sample.days else now - timedelta(minutes=5)


def _send(cast: Cast, sample: Sample, answered: int | None, now: datetime) -> int:
    sender, reader = cast.parties[sample.sender], cast.parties[sample.to]
    at = _at(sample, now)
    family, resident = (sample.sender, sample.to) if sender.side == "family" else (sample.to, sample.sender)
    message_id = send(
        sender,
        contact_id=cast.contacts[family, resident],
        subject=sample.subject,
        body=sample.body,
        client_key=key(sample.name),
        collect=sample.collect,
        now=at,
        reply_to=answered,
        prepay_reply=sample.prepay,
    ).message_id
    _arrive(message_id, sample, now)
    if sample.read_after is not None:
        _read(reader, message_id, sample.read_after)
    return message_id


def _arrive(message_id: int, sample: Sample, now: datetime) -> None:
    """What was delayed in the past has come by now; what is taken back, or was sent today, still waits."""
    due = Message.objects.values_list("deliver_at", flat=True).get(pk=message_id)
    if due is not None and due <= now and sample.days and not sample.ends:
        deliver_due(message_id=message_id, now=due)


def _read(reader: Party, message_id: int, hours: int) -> None:
    delivered = Message.objects.values_list("delivered_at", flat=True).get(pk=message_id)
    if delivered is not None:
        mailbox.open_message(reader, message_id=message_id, now=delivered + timedelta(hours=hours))


def _take_back(cast: Cast, sent: dict[str, int], now: datetime) -> None:
    with done_before:
        take_back.take_back(cast.parties[CARMEN], message_id=sent["carmen-back"], now=ago(now, 6, "09:12"))


def _refuse_and_appeal(jail: Jail, cast: Cast, sent: dict[str, int], now: datetime) -> None:
    with done_before:
        decide_review.refuse(
            staff=jail.staff["sample.reviewer.south"],
            message_id=sent["luis-refused"],
            reason_code="contraband",
            explanation="The letter speaks of hiding something in a library book.",
            now=ago(now, 4, "09:30"),
        )
    with done_before:
        decide_review.refuse(
            staff=jail.staff["sample.supervisor"],
            message_id=sent["grace-withheld"],
            reason_code="contraband",
            explanation="Sample of a refusal whose notice is withheld while it is looked into.",
            now=ago(now, 10, "10:00"),
            withheld=True,
        )
    _decided(jail, cast, sent, now)
    with done_before:
        appeal.file(
            cast.parties[ANA],
            message_id=sent["luis-refused"],
            text="It was a joke about a cartoon. Nobody hides anything. Please read it once more.",
            now=ago(now, 3, "19:00"),
        )


def _decided(jail: Jail, cast: Cast, sent: dict[str, int], now: datetime) -> None:
    """In the north: an appeal that waits, one that was won, and a letter that waits for an investigator."""
    reviewer, supervisor = jail.staff["sample.reviewer"], jail.staff["sample.supervisor"]
    why = "The letter speaks of things that are not allowed."
    for name, days in (("daniel-refused", 5), ("grace-won", 15), ("grace-overdue", 24)):
        with done_before:
            decide_review.refuse(
                staff=reviewer, message_id=sent[name], reason_code="contraband", explanation=why,
                now=ago(now, days, "09:40"),
            )  # fmt: skip
    with done_before:
        appeal.file(
            cast.parties[DANIEL], message_id=sent["daniel-refused"], now=ago(now, 4, "16:20"),
            text="It is only what we call a shelf of books. Ask the librarian.",
        )  # fmt: skip
    with done_before:
        appeal.file(
            cast.parties[BEN], message_id=sent["grace-won"], now=ago(now, 14, "19:10"),
            text="A weapon salve is a cure from an old book. She has it from the library.",
        )  # fmt: skip
    with done_before:
        appeal.file(
            cast.parties[BEN], message_id=sent["grace-overdue"], now=ago(now, 23, "18:30"),
            text="It is a part in a play. The teacher chose it.",
        )  # fmt: skip
    won = [row.id for row in queries.appeals_open([jail.north.pk]) if row.message_id == sent["grace-won"]]
    for appeal_id in won:  # none, when an earlier build has come this far
        appeal.decide(
            staff=supervisor, appeal_id=appeal_id, won=True, now=ago(now, 12, "10:05"),
            answer="It is about an old cure, not about a weapon.",
        )  # fmt: skip
    with done_before:
        review_desk.pass_on(
            staff=reviewer, message_id=sent["omar-review"], now=ago(now, 2, "11:00"),
            note="Surely only a recipe, but he wrote of weapons before. Please look.",
        )  # fmt: skip
    with done_before:  # until the lease is over: a colleague works on it
        review_desk.claim(staff=jail.staff["sample.investigator"], message_id=sent["grace-late"], now=now)


def _draft(cast: Cast, now: datetime) -> None:
    with done_before:
        mailbox.save_draft(
            cast.parties[ANA],
            contact_id=cast.contacts[ANA, DANIEL],
            subject="Re: The class",
            text="Dear Daniel,\n\nnine of you and one patient teacher! ",
            client_key=key("draft"),
            now=ago(now, 1, "20:30"),
        )
