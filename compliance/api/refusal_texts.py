"""The texts of refusals by their codes. Values in them are filled in by `compliance.api.problems`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

NOT_PERMITTED = {
    "not_a_reviewer": gettext_lazy("Only reviewers and registrars may do this."),
    "not_a_registrar": gettext_lazy("Only registrars may do this."),
    "not_your_province": gettext_lazy(
        "The filing belongs to a province that you do not review. A reviewer of that province or a "
        "registrar must do this."
    ),
    "own_filing": gettext_lazy(
        "You are a member of the applicant, so someone else must review and decide its filings."
    ),
    "prepared_by_you": gettext_lazy("You prepared this filing, so someone else must review and decide it."),
    "reviewed_by_you": gettext_lazy("You reviewed this filing, so another registrar must decide it."),
}
# The same reasons, said of the person to whom a filing was to be assigned.
NOT_PERMITTED_TO_OTHERS = {
    "not_a_reviewer": gettext_lazy("not a reviewer or registrar"),
    "not_your_province": gettext_lazy("does not review the province of this filing"),
    "own_filing": gettext_lazy("is a member of the applicant"),
    "prepared_by_you": gettext_lazy("prepared this filing"),
}
ASSIGNMENTS = {
    "case_ended": gettext_lazy("The filing has ended, so nobody needs to work on it."),
    "already_assigned": gettext_lazy("The filing is already assigned to %(to)s."),
    "not_eligible": gettext_lazy("The filing cannot be assigned to %(to)s: %(reason)s. Choose somebody else."),
    "nobody_in_turn": gettext_lazy(
        "No reviewer of the province is present who may review this filing. Assign it by hand, or look at the absences."
    ),
}
COMMENTS = {
    "empty": gettext_lazy("Write something before you send it."),
    "too_long": gettext_lazy("The text has more than 4,000 characters. Shorten it, or send it in parts."),
    "not_submitted": gettext_lazy("A filing that was not submitted yet cannot be commented on."),
}
NUMBERS = {
    "number_malformed": gettext_lazy(
        "“%(number)s” is not a valid number for this kind of filing. Copy the number from the "
        "published list or the notice."
    ),
    "number_taken": gettext_lazy(
        "Another filing already has the number %(number)s. Check the number, or search for that filing."
    ),
    "number_not_standing": gettext_lazy(
        "According to the published list, the number %(number)s is cancelled, revoked or suspended. "
        "Contact a registrar."
    ),
    "not_the_targets_number": gettext_lazy(
        "This filing does not amend the number %(number)s. A change or cancellation has no number of "
        "its own: enter the number of the filing that it amends."
    ),
    "number_of_another": gettext_lazy(
        "In the published list, the number %(number)s belongs to %(holder)s. Check the number. If "
        "the holder was renamed, contact a registrar."
    ),
    "day_to_come": gettext_lazy("%(day)s is in the future. Enter the date on which the authority decided."),
    "document_not_held": gettext_lazy(
        "The filing has no document with the SHA-256 %(document)s. Upload the document first."
    ),
}
DOCUMENTS = {
    "empty": (400, gettext_lazy("The file is empty. Check the file and upload it again.")),
    "unknown_type": (
        415,
        gettext_lazy(
            "The content of “%(filename)s” is not an accepted file type. Upload PDF, DOCX, DOC, XLSX, "
            "CSV, TXT, PNG or JPEG."
        ),
    ),
    "too_large": (
        413,
        gettext_lazy(
            "The file is larger than %(limit)s bytes, the limit for this kind of document. Upload a smaller file."
        ),
    ),
    "bad_filename": (
        400,
        gettext_lazy(
            "The file name contains characters that a dossier cannot store. Rename the file and upload it again."
        ),
    ),
    "no_such_entry": (
        400,
        gettext_lazy(
            "There is no entry %(entry)s: the dossier lists %(count)s documents, counted from 0. Correct the index."
        ),
    ),
    "entry_names_another": (
        409,
        gettext_lazy(
            "Entry %(entry)s lists a document with the SHA-256 %(named)s, but this file has %(found)s. "
            "Upload the listed document, or correct the entry."
        ),
    ),
    "not_named": (
        409,
        gettext_lazy(
            "The submitted revision lists no document with the SHA-256 %(found)s. Upload a document that "
            "it lists. You can list another one after the filing is returned for correction."
        ),
    ),
    "too_many": (
        409,
        gettext_lazy("A filing can have at most %(limit)s documents. Combine several documents into one file."),
    ),
}
WAIVERS = {
    "no_such_flag": gettext_lazy(
        "There is no open flag of rule %(rule)s at “%(place)s” with this variant. Copy `rule`, `at` "
        "and `variant` from the list of flags."
    ),
    "not_waived": gettext_lazy(
        "The flag of rule %(rule)s at “%(place)s” is not waived, so there is no waiver to lift."
    ),
    "day_past": gettext_lazy("%(day)s is in the past. Enter today's date or a later one."),
}
NOT_ISSUED = {
    "no_algorithm_type": gettext_lazy(
        "The dossier has no algorithm type, which is part of the number. Return the filing for correction."
    ),
    "no_province": gettext_lazy(
        "The dossier has no province, which is the first part of the number. Return the filing for correction."
    ),
    "series_exhausted": gettext_lazy("The number series is exhausted. Record a number that the authority issued."),
}
