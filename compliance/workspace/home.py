"""The door of the workspace: to the organization of whoever signs in, or to a choice between several."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from compliance.workspace.sessions import sign_in_first
from compliance.workspace.visits import organizations_of, person_of, plain_page


def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to the only organization of a person; list several; tell those without one what to do."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    organizations = organizations_of(person_of(request))
    if len(organizations) == 1:
        return redirect("workspace:services", organizations[0].uid)
    return plain_page(request, "home.html", {"organizations": organizations})
