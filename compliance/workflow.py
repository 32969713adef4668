"""The life of a filing as a table: which verb leads from where to where. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from compliance.words import Words

DRAFT, SUBMITTED, WITHDRAWN = "draft", "submitted", "withdrawn"

STATUSES = MappingProxyType(
    {
        DRAFT: Words("draft", "草稿"),
        SUBMITTED: Words("submitted", "已提交"),
        WITHDRAWN: Words("withdrawn", "已撤回"),
    }
)
# An ended filing is checked no more, and its reference is free again.
ENDED = frozenset({WITHDRAWN})
EDITABLE = frozenset({DRAFT})


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: a verb, the statuses it may start from, and the status it leads to."""

    verb: str
    sources: frozenset[str]
    target: str


SUBMIT = Transition("submit", frozenset({DRAFT}), SUBMITTED)
WITHDRAW = Transition("withdraw", frozenset({DRAFT, SUBMITTED}), WITHDRAWN)

TRANSITIONS = (SUBMIT, WITHDRAW)

# Events that are no transition.
OPEN, EDIT = "open", "edit"
VERBS = MappingProxyType(
    {
        OPEN: Words("opened", "新建"),
        EDIT: Words("edited", "修改"),
        SUBMIT.verb: Words("submitted", "提交"),
        WITHDRAW.verb: Words("withdrawn", "撤回"),
    }
)
