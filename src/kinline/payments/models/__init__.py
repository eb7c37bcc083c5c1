"""Money in and out, one noun a file. What moved is in the ledger; these rows say why, for whom, and what comes next."""

from kinline.payments.models.allowances import Allowance, AllowanceUse
from kinline.payments.models.cards import Checkout, ComparedDay, Difference, Dispute, ProcessorEvent, TopUp
from kinline.payments.models.deposits import Deposit, DepositFile
from kinline.payments.models.numbers import ListedNumber, NumberCode, PrepaidNumber
from kinline.payments.models.refunds import DormancyRule, Keep, PayOut, Refund, Reminder

__all__ = [
    "Allowance", "AllowanceUse", "Checkout", "ComparedDay", "Deposit", "DepositFile", "Difference", "Dispute",
    "DormancyRule", "Keep", "ListedNumber", "NumberCode", "PayOut", "PrepaidNumber", "ProcessorEvent", "Refund",
    "Reminder", "TopUp",
]  # fmt: skip
