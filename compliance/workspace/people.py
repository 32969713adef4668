"""The people of an organization: members, invitations, mandates of law firms, and who did what."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from compliance.documents.uploads import HEAD, LIMIT_OF_OTHERS, MEGABYTE, TooLarge, media_type_of, received
from compliance.filings.workflow import VERBS
from compliance.models import Event
from compliance.workspace.membership_texts import refusal_text
from compliance.workspace.visits import Visit, for_administrators, for_members, person_of, plain_page
from registry.membership.changing import change_member, keep_mandate_file, remove_member
from registry.membership.inviting import (
    Terms,
    accept,
    invitation_of,
    invite,
    make_account,
    withdraw_invitation,
)
from registry.membership.refusals import MembershipRefused
from registry.models import Invitation, Membership, MembershipEvent, MembershipRole, User

MOST_EVENTS = 200
SIGN_IN_BACKEND = "registry.accounts.backends.PeopleOnly"


@for_members
def people(visit: Visit) -> HttpResponseBase:
    """Show the members; administrators also invite here."""
    return _page(visit)


def _page(visit: Visit, refused: MembershipRefused | None = None) -> HttpResponseBase:
    members = (
        Membership.objects.filter(organization=visit.organization).select_related("user").order_by("user__username")
    )
    invitations = Invitation.objects.open().filter(organization=visit.organization) if visit.is_administrator else ()
    context = {
        "room": "people",
        "members": members,
        "invitations": invitations,
        "roles": MembershipRole.choices,
        "events": _events(visit) if visit.is_administrator else [],
        "email": visit.request.POST.get("email", "") if refused else "",
        "values": _typed_terms(visit.request) if refused else {},
        "refused_at": refused.at if refused else "",
        "refused": refusal_text(refused) if refused else "",
    }
    return visit.page("people.html", context, status=422 if refused else 200)


def _events(visit: Visit) -> list[dict[str, Any]]:
    """Return who did what: with people, and with filings, the latest first."""
    rows = MembershipEvent.objects.filter(organization=visit.organization).select_related("by")[:MOST_EVENTS]
    of_people = [
        {"at": row.at, "by": row.by.username, "what": f"{row.get_verb_display()}: {row.person}"} for row in rows
    ]
    filed = Event.objects.filter(filing__applicant=visit.organization).select_related("filing")
    of_filings = [
        {
            "at": event.at,
            "by": event.actor,
            "what": f"{event.filing.case_number} {VERBS[event.verb].in_(visit.language)}",
            "filing": event.filing,
        }
        for event in filed.order_by("-pk")[:MOST_EVENTS]
    ]
    return sorted([*of_people, *of_filings], key=lambda line: line["at"], reverse=True)[:MOST_EVENTS]


@for_administrators
def invite_person(visit: Visit) -> HttpResponseBase:
    """Invite a person by mail."""
    if visit.request.method != "POST":
        return redirect("workspace:people", visit.organization.uid)
    email = visit.request.POST.get("email", "")
    try:
        invite(visit.organization, email, _terms(visit.request), by=visit.user, language=visit.language)
    except MembershipRefused as error:
        return _page(visit, error)
    messages.success(
        visit.request,
        _("The invitation to %(email)s is on its way. Its link ends after 7 days.") % {"email": email.strip()},
    )
    return redirect("workspace:people", visit.organization.uid)


@for_administrators
def withdraw_invited(visit: Visit, uid: UUID) -> HttpResponseBase:
    """Withdraw an invitation."""
    found = Invitation.objects.filter(organization=visit.organization, uid=uid).first()
    if found is None:
        raise Http404
    if visit.request.method == "POST":
        withdraw_invitation(found, by=visit.user)
        messages.success(visit.request, _("The invitation is withdrawn."))
    return redirect("workspace:people", visit.organization.uid)


@for_administrators
def member(visit: Visit, key: int) -> HttpResponseBase:
    """Change the role or the mandate of a member, or remove the member."""
    found = (
        Membership.objects.filter(organization=visit.organization, pk=key)
        .select_related("user", "organization")
        .first()
    )
    if found is None:
        raise Http404
    post, refused = visit.request.POST, None
    if visit.request.method == "POST":
        try:
            if "remove" in post:
                remove_member(found, by=visit.user)
            else:
                with transaction.atomic():
                    change_member(found, _terms(visit.request), by=visit.user)
                    _keep_file(visit, found)
        except MembershipRefused as error:
            refused = error
        else:
            messages.success(visit.request, _("Saved."))
            return (
                redirect("workspace:home")
                if found.user == visit.user and "remove" in post
                else redirect("workspace:people", visit.organization.uid)
            )
    context = {
        "room": "people",
        "member": found,
        "roles": MembershipRole.choices,
        "values": _typed_terms(visit.request) if refused else _shown_terms(found),
        "refused": refusal_text(refused) if refused else "",
        "refused_at": refused.at if refused else "",
    }
    return visit.page("member.html", context, status=422 if refused else 200)


def _keep_file(visit: Visit, found: Membership) -> None:
    """Keep the document of a mandate, if one was chosen; its type is told by its content."""
    file = visit.request.FILES.get("mandate_file")
    if file is None:
        return
    try:
        incoming = received(file.chunks(), file.name, limit=LIMIT_OF_OTHERS)
    except TooLarge as error:
        raise MembershipRefused("file_too_large", "mandate_file", limit=error.limit // MEGABYTE) from error
    if not incoming.size or incoming.media_type is None:
        raise MembershipRefused("unknown_file", "mandate_file")
    keep_mandate_file(found, incoming.content, incoming.filename, by=visit.user)


@for_members
def mandate(visit: Visit, key: int) -> HttpResponseBase:
    """Download the document of a mandate: for administrators of the organization, and the member."""
    found = Membership.objects.filter(organization=visit.organization, pk=key).exclude(mandate_file="").first()
    if found is None or not (visit.is_administrator or found.user_id == visit.user.pk):
        raise Http404
    file = found.mandate_file.open("rb")
    # By its content, as it was accepted: a name may say anything.
    media_type = media_type_of(file.read(HEAD), found.mandate_filename) or "application/octet-stream"
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=found.mandate_filename, content_type=media_type)


def _terms(request: HttpRequest) -> Terms:
    post = request.POST
    return Terms(
        role=post.get("role", ""),
        is_administrator=post.get("administrator") == "1",
        mandate=post.get("mandate", "").strip(),
        mandate_from=_day(post.get("mandate_from", ""), "mandate_from"),
        mandate_until=_day(post.get("mandate_until", ""), "mandate_until"),
    )


def _typed_terms(request: HttpRequest) -> dict[str, str]:
    """Return the terms as they were typed, to be shown again."""
    return {
        name: request.POST.get(name, "")
        for name in ("role", "administrator", "mandate", "mandate_from", "mandate_until")
    }


def _shown_terms(member: Membership) -> dict[str, str]:
    days = {"mandate_from": member.mandate_from, "mandate_until": member.mandate_until}
    shown = {name: day.isoformat() if day else "" for name, day in days.items()}
    administrator = "1" if member.is_administrator else ""
    return {"role": member.role, "administrator": administrator, "mandate": member.mandate, **shown}


def _day(text: str, at: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise MembershipRefused("bad_day", at) from error


def invitation(request: HttpRequest, text: str) -> HttpResponseBase:
    """Let somebody invited in: with the account that is signed in, or a new one."""
    found = invitation_of(text)
    if found is None:
        return plain_page(request, "invitation_ended.html", {}, status=410)
    refused: MembershipRefused | None = None
    if request.method == "POST":
        try:
            _let_in(request, found)
        except MembershipRefused as error:
            refused = error
        else:
            return redirect("workspace:services", found.organization.uid)
    context = {
        "invitation": found,
        "typed": request.POST if refused else {},
        "refused": refusal_text(refused) if refused else "",
        "refused_at": refused.at if refused else "",
    }
    return plain_page(request, "invitation.html", context, status=422 if refused else 200)


def _let_in(request: HttpRequest, found: Invitation) -> None:
    if request.user.is_authenticated:
        accept(found, by=person_of(request))
        return
    post = request.POST
    user: User = make_account(
        found, username=post.get("username", ""), name=post.get("name", ""), password=post.get("password", "")
    )
    login(request, user, backend=SIGN_IN_BACKEND)
