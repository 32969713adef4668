"""The admin of API tokens: staff make their own, administrators also those of organizations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from registry.admin.permissions import is_administrator, is_staff
from registry.api.tokens import REFUSALS
from registry.models import ApiToken, Organization, Scope, User
from registry.tokens import (
    LONGEST_VALIDITY,
    has_too_many_tokens,
    make_token,
    revoke_token,
    service_account_of,
    service_name_of,
)


class NewTokenForm(forms.ModelForm):
    """The name, the scopes and the days of a token; an administrator may choose an organization as its owner."""

    name = forms.CharField(
        label=capfirst(_("name")),
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("What the token is for, such as the system that uses it."),
    )
    owner_key: int | None = None
    scopes = forms.MultipleChoiceField(
        label=capfirst(_("scopes")),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What the token may be used for. The roles of its owner limit it further."),
    )
    days = forms.IntegerField(
        label=capfirst(_("days")),
        min_value=1,
        max_value=LONGEST_VALIDITY.days,
        initial=365,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("The token expires after so many days."),
    )
    organization = forms.ModelChoiceField(
        label=capfirst(_("organization")),
        queryset=Organization.objects.filter(uscc__isnull=False).order_by("name"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_(
            "For the systems of an organization: the token belongs to its service account, which can file for it and "
            "cannot sign in. Leave it empty for a token of your own."
        ),
    )

    class Meta:
        model = ApiToken
        fields = ["name"]

    def clean(self) -> dict[str, Any]:
        """Refuse another token for an owner who has too many."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        organization = given.get("organization")
        owner = {"username": service_name_of(organization)} if organization else {"pk": self.owner_key}
        if has_too_many_tokens(User.objects.filter(**owner).first()):
            raise forms.ValidationError(REFUSALS["too_many_tokens"])
        return given


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """API tokens. Their texts are shown once, when they are made."""

    form = NewTokenForm
    list_display = ["name", "beginning", "user", "scopes_shown", "created_at", "expires_at", "last_used_at", "state"]
    list_filter = ["expires_at"]
    search_fields = ["name", "beginning", "user__username"]
    list_select_related = ["user"]
    actions = ["revoke"]
    readonly_fields = ["beginning", "user", "scopes_shown", "created_at", "expires_at", "last_used_at", "state"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        rows = super().get_queryset(request)
        return rows if is_administrator(request) else rows.filter(user=request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A token is made and revoked, never changed; the list still needs it for the action."""
        return is_staff(request) and obj is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.owner_key = request.user.pk
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return ["name", *self.readonly_fields]
        return ["name", "scopes", "days", *(["organization"] if is_administrator(request) else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["name", *self.readonly_fields] if obj is not None else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the token, and keep its text for the page that shows it."""
        given = form.cleaned_data
        organization = given.get("organization")
        assert isinstance(request.user, User)
        owner = service_account_of(organization) if organization else request.user
        token, text = make_token(
            owner,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=timezone.now() + timedelta(days=given["days"]),
        )
        obj.__dict__.update(token.__dict__)
        obj.text = text

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Show the text of the token. It is neither stored nor sent anywhere else."""
        context = {**self.admin_site.each_context(request), "title": _("New API token"), "token": obj}
        return TemplateResponse(request, "registry/desk/new_token.html", context, headers={"Cache-Control": "no-store"})

    @admin.display(description=_("scopes"))
    def scopes_shown(self, token: ApiToken) -> str:
        return ", ".join(str(Scope(scope).label) for scope in token.scopes)

    @admin.display(description=_("state"))
    def state(self, token: ApiToken) -> str:
        if token.revoked_at:
            return str(_("revoked"))
        return str(_("in force") if token.is_in_force else _("expired"))

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        count = 0
        for token in tokens.in_force():  # type: ignore[attr-defined]
            revoke_token(token)
            count += 1
        self.message_user(request, _("Tokens revoked: %(count)s.") % {"count": count})
