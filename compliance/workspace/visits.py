"""Who visits the workspace of which organization; everything else is not found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import get_language

from compliance.filings.querysets import FilingQuerySet
from compliance.language import Language, language_of
from compliance.models import Filing, Notice
from compliance.workspace.sessions import sign_in_first
from registry.models import Membership, MembershipRole, Organization, User

More = ParamSpec("More")


@dataclass
class Visit:
    """A request of a member of an organization, within that organization."""

    request: HttpRequest
    user: User
    membership: Membership

    @property
    def organization(self) -> Organization:
        return self.membership.organization

    @property
    def can_file(self) -> bool:
        return self.membership.role == MembershipRole.FILER

    @property
    def is_administrator(self) -> bool:
        return self.membership.is_administrator

    @cached_property
    def language(self) -> Language:
        return language_of(get_language())

    @property
    def filings(self) -> FilingQuerySet:
        """The filings of the organization, and of no other one."""
        return Filing.objects.filter(applicant=self.organization)

    def find_filing(self, uid: UUID) -> Filing:
        """Return a filing of the organization. Raises Http404."""
        rows = (
            self.filings.filter(uid=uid)
            .select_related("official_number", "target")
            .defer("search_text", "search_grams")
        )
        filing = rows.first()
        if filing is None:
            raise Http404
        # All filings of a visit have the same applicant.
        filing.applicant = self.organization
        return filing

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponseBase:
        """Return a page of the workspace."""
        own = {"visit": self, "organization": self.organization, **context}
        return TemplateResponse(self.request, f"workspace/{template}", own, status=status)

    @cached_property
    def unread(self) -> int:
        return Notice.objects.filter(user=self.user, read_at__isnull=True).order_by()[:100].count()

    @cached_property
    def organizations(self) -> list[Organization]:
        """The organizations between which the person can switch."""
        return organizations_of(self.user)


def organizations_of(user: User) -> list[Organization]:
    memberships = Membership.objects.of(user).in_force().select_related("organization").order_by("organization__name")
    return [membership.organization for membership in memberships]


def person_of(request: HttpRequest) -> User:
    """Return who is signed in, for a view that only such people reach."""
    assert isinstance(request.user, User)
    return request.user


View = Callable[Concatenate[Visit, More], HttpResponseBase]


def for_members(view: View[More]) -> Callable[..., HttpResponseBase]:
    """Make a view for members of the organization in its address; for anybody else, it is not found."""

    @wraps(view)
    def visited(request: HttpRequest, organization: UUID, *args: More.args, **kwargs: More.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        user = person_of(request)
        rows = Membership.objects.of(user).in_force().filter(organization__uid=organization)
        membership = rows.select_related("organization").first()
        if membership is None:
            raise Http404
        return view(Visit(request, user, membership), *args, **kwargs)

    return visited


def for_administrators(view: View[More]) -> Callable[..., HttpResponseBase]:
    """Make a view for those who administer the people of the organization."""

    @wraps(view)
    def checked(visit: Visit, *args: More.args, **kwargs: More.kwargs) -> HttpResponseBase:
        if not visit.is_administrator:
            return refused(visit, "not_an_administrator")
        return view(visit, *args, **kwargs)

    return for_members(checked)


def for_filers(view: View[More]) -> Callable[..., HttpResponseBase]:
    """Make a view for those who may file for the organization; viewers are refused."""

    @wraps(view)
    def checked(visit: Visit, *args: More.args, **kwargs: More.kwargs) -> HttpResponseBase:
        if not visit.can_file:
            return refused(visit, "not_a_filer")
        return view(visit, *args, **kwargs)

    return for_members(checked)


def refused(visit: Visit, why: str) -> HttpResponseBase:
    return visit.page("refused.html", {"why": why}, status=403)


def plain_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponseBase:
    """Return a page of the workspace that belongs to no organization."""
    return render(request, f"workspace/{template}", context, status=status)
