"""The base of admin classes whose rows lead to a read-only page instead of a form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from compliance.admin.permissions import ReadOnlyAdmin, can_see_filings
from registry.api.problems import Problem
from registry.models import User


class PageAdmin(ReadOnlyAdmin):
    """An admin whose rows lead to a read-only page. Subclasses return its context from `page`."""

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Render the page instead of a form."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **admin.site.each_context(request),
            **(extra_context or {}),
            **self.page(request, row),
            "opts": self.opts,
        }
        return TemplateResponse(request, self.change_form_template, context)


def user_of(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


def done(request: HttpRequest, act: Callable[[], object], message: str, back: str) -> HttpResponse:
    """
    Run the action of a form, redirect to `back`, and show `message` there, or the messages of the problem by which the
    action was refused.
    """
    try:
        act()
    except Problem as problem:
        show_refusal(request, problem)
    else:
        messages.success(request, message)
    return redirect(back)


def show_refusal(request: HttpRequest, problem: Problem) -> None:
    """Show why an action was refused, in the terms of a page: the API speaks of versions, which a page does not show."""
    if problem.code == "changed_meanwhile":
        messages.error(
            request,
            _(
                "Somebody changed this filing after you opened the page, so nothing was done. Read what is new, then act again."
            ),
        )
        return
    for text in [problem.text, *(error["message"] for error in problem.errors[:20])]:
        messages.error(request, text)


def only_readers(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a view to whoever may not see filings."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> Any:
        if not can_see_filings(request):
            raise PermissionDenied
        return view(request, *args, **named)

    return guarded


def post_only(request: HttpRequest) -> None:
    if request.method != "POST":
        raise PermissionDenied(_("This address accepts only submitted forms (POST)."))
