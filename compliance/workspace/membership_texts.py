"""Refused changes of members in words: what is wrong, and how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.membership.refusals import MembershipRefused

_TEXTS = {
    "not_an_administrator": _("Only administrators of the organization may do this. Ask one of them."),
    "unknown_role": _("Choose a role: filers prepare and submit filings, viewers read them."),
    "mandate_too_long": _("The name of the mandate has more than %(limit)s characters. Shorten it."),
    "mandate_ends_first": _("The mandate ends before it begins. Correct one of the two dates."),
    "mandate_without_document": _("Name the document of the mandate, such as the number of the power of attorney."),
    "bad_address": _("This is not a mail address. Write it as name@example.com."),
    "is_a_member": _("This person is a member already. Change the role in the list of members."),
    "too_many": _("%(limit)s invitations are open. Withdraw those that are not needed any more."),
    "invited_meanwhile": _("Somebody else has just invited this address. Look at the list of invitations."),
    "invited_just_now": _(
        "This address was invited less than ten minutes ago. Wait for the mail before you invite again."
    ),
    "invitation_ended": _("The invitation has ended or was used. Ask for another one."),
    "bad_username": _(
        "A user name has letters, digits and @ . + - _ only, at most 150 characters. Choose another one."
    ),
    "username_taken": _("Somebody has this user name already. Choose another one."),
    "bad_password": "%(messages)s",
    "bad_day": _("Write the date as year, month and day, such as 2026-03-01."),
    "file_too_large": _("The file has more than %(limit)s MB. Choose a smaller one."),
    "unknown_file": _("The file is empty, or is no PDF, Word document, picture or text. Choose another one."),
    "is_no_member": _("This person is no member any more."),
    "last_administrator": _(
        "Nobody would be left to administer the organization. Make somebody else an administrator first."
    ),
}


def refusal_text(error: MembershipRefused) -> str:
    values = {**error.values, "messages": " ".join(map(str, error.values.get("messages", ())))}  # type: ignore[call-overload]
    return str(_TEXTS[error.code]) % values
