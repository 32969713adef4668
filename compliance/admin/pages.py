"""A page of our own in place of a form: what the pages of the desk share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from compliance.admin.permissions import ReadOnlyAdmin
from registry.api.problems import Problem
from registry.models import User


class PageAdmin(ReadOnlyAdmin):
    """A list whose rows lead to a page that shows; `page` gives what it shows."""

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page in place of a form: there is nothing to fill in."""
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


def done(request: HttpRequest, act: Callable[[], object], told: str, back: str) -> HttpResponse:
    """Do what a form of the desk asks for; a refusal is told on the page that it came from, and nothing is changed."""
    try:
        act()
    except Problem as problem:
        for text in [problem.text, *(error["message"] for error in problem.errors[:20])]:
            messages.error(request, text)
    else:
        messages.success(request, told)
    return redirect(back)


def post_only(request: HttpRequest) -> None:
    if request.method != "POST":
        raise PermissionDenied(_("This address takes forms only."))
