"""A card processor without a network, for tests of the family's pages: what it is asked, and what it answers."""

from dataclasses import dataclass, field, replace

from kinline.payments.errors import ProcessorDown
from kinline.payments.processors import Page, Payment, Session

CARD = "Visa 4242"


@dataclass
class CardDesk:
    """`pay`, `decline`, `wait` are what the payer does on its page; `down` makes it answer nothing."""

    pages: dict[str, Page] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    down: bool = False

    def create_page(self, page: Page) -> Session:
        self._answer()
        ref = f"cs_{page.key}"
        if ref not in self.sessions:
            self.pages[ref] = page
            self.sessions[ref] = Session(
                ref, f"https://pay.example/{ref}", "", "open", "", page.amount_cents, metadata={"key": page.key}
            )
        return self.sessions[ref]

    def page(self, ref: str) -> Session:
        self._answer()
        return self.sessions[ref]

    def expire_page(self, ref: str) -> Session:
        self._answer()
        if self.sessions[ref].state == "open":
            self.sessions[ref] = replace(self.sessions[ref], state="expired")
        return self.sessions[ref]

    def payment(self, ref: str) -> Payment:
        self._answer()
        return self.payments[ref]

    def _answer(self) -> None:
        if self.down:
            raise ProcessorDown

    @property
    def last(self) -> str:
        return list(self.sessions)[-1]

    def pay(self, ref: str = "") -> None:
        self._stands(ref or self.last, "paid", "paid")

    def wait(self, ref: str = "") -> None:
        self._stands(ref or self.last, "waiting", "waiting")

    def decline(self, failure: str, ref: str = "") -> None:
        """The page stands open: another card may be tried."""
        self._stands(ref or self.last, "open", "failed", failure)

    def fail(self, failure: str, ref: str = "") -> None:
        """A bank said no in the end."""
        self._stands(ref or self.last, "failed", "failed", failure)

    def _stands(self, ref: str, page: str, state: str, failure: str = "") -> None:
        session, payment = self.sessions[ref], f"pi_{ref}"
        kept = self.pages[ref].keep_card
        self.payments[payment] = Payment(
            payment, state, session.amount_cents, "usd", failure, CARD, "pm_1" if kept else "",
            "cus_1" if kept else "", metadata=session.metadata,
        )  # fmt: skip
        self.sessions[ref] = replace(session, state=page, payment_ref=payment)
