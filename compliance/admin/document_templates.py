"""The authority's own Word templates at the desk: uploaded, tried with real data, and taken out of use."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.admin.pages import post_only, user_of
from compliance.admin.permissions import ReadOnlyAdmin
from compliance.language import language_of
from compliance.models import DocumentTemplate, Letter, Purpose
from compliance.reports.asking import in_the_readers
from compliance.reports.catalog import REPORTS
from compliance.reports.formats import FORMATS
from compliance.reports.periods import Every, period_around
from compliance.reports.presenting import show
from compliance.reports.scopes import APPLICANT, Scope
from compliance.reports.written import write_unstored
from compliance.templating.fields import FIELDS
from compliance.templating.keeping import keep_template, stop_using
from compliance.templating.rendering import TemplateRefused, filled_template
from compliance.templating.values import sample_values, values_of_letter, values_of_report
from registry.admin.permissions import is_administrator
from registry.models import Organization


class TemplateForm(forms.Form):
    """A template to upload."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=Purpose.choices)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[("zh", "中文"), ("en", "English")])
    file = forms.FileField(
        label=gettext_lazy("Word document (.docx)"), widget=forms.ClearableFileInput(attrs={"accept": ".docx"})
    )


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(ReadOnlyAdmin):
    list_display = ["purpose", "language", "filename", "is_active", "uploaded_at", "uploaded_by"]
    list_display_links = None
    list_before_template = ""
    change_list_template = "compliance/desk/document_templates.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content").select_related("uploaded_by")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("upload/", view(self.upload), name="compliance_documenttemplate_upload"),
            path("<int:key>/preview/", view(self.preview), name="compliance_documenttemplate_preview"),
            path("<int:key>/stop/", view(self.stop), name="compliance_documenttemplate_stop"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """List the templates, with a form to upload one, and the fields that it can use."""
        fields = [
            (Purpose(purpose).label, [(field.name, in_the_readers(field.meaning)) for field in listed])
            for purpose, listed in FIELDS.items()
        ]
        context = {
            "upload": TemplateForm(),
            "fields": fields,
            "in_use": DocumentTemplate.objects.filter(is_active=True).defer("content"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Try a template and use it from now on; one with faults is refused whole, with what is wrong in it."""
        post_only(request)
        self._refuse_others(request)
        form = TemplateForm(request.POST, request.FILES)
        if form.is_valid():
            given = form.cleaned_data
            try:
                keep_template(
                    given["purpose"],
                    given["language"],
                    given["file"].name,
                    given["file"].read(),
                    by=user_of(request),
                )
            except TemplateRefused as refused:
                form.add_error("file", in_the_readers(refused.text))
            else:
                messages.success(request, _("The template is used from now on. Look at its preview."))
                return redirect("admin:compliance_documenttemplate_changelist")
        return self.changelist_view(request, {"upload": form})

    def preview(self, request: HttpRequest, key: int) -> HttpResponseBase:
        """Fill a template with real data, or with samples where there is none yet."""
        self._refuse_others(request)
        template = self._find(key)
        try:
            content = filled_template(bytes(template.content), _real_values(template))
        except TemplateRefused as refused:
            messages.error(request, in_the_readers(refused.text))
            return redirect("admin:compliance_documenttemplate_changelist")
        name = f"preview-{template.filename}"
        return FileResponse(
            io.BytesIO(content), as_attachment=True, filename=name, content_type=FORMATS["docx"].media_type
        )

    def stop(self, request: HttpRequest, key: int) -> HttpResponse:
        """Use the product's own form again."""
        post_only(request)
        self._refuse_others(request)
        stop_using(self._find(key))
        messages.success(request, _("The product's own form is used again."))
        return redirect("admin:compliance_documenttemplate_changelist")

    def _refuse_others(self, request: HttpRequest) -> None:
        if not is_administrator(request):
            raise PermissionDenied

    def _find(self, key: int) -> DocumentTemplate:
        template = DocumentTemplate.objects.filter(pk=key).first()
        if template is None:
            raise Http404
        return template


def _real_values(template: DocumentTemplate) -> dict[str, Any]:
    """Return the values of the last letter, of last month's bulletin, or of the first organization's scorecard."""
    language = language_of(template.language)
    if template.purpose == Purpose.LETTER:
        letter = Letter.objects.filter(language=language).select_related("filing__applicant").last()
        return values_of_letter(letter) if letter else sample_values(template.purpose)
    applicant = Organization.objects.filter(filings__first_submitted_at__isnull=False).order_by("pk").first()
    if template.purpose == Purpose.SCORECARD and applicant is None:
        return sample_values(template.purpose)
    parameters = {APPLICANT: applicant.uscc or ""} if template.purpose == Purpose.SCORECARD and applicant else {}
    scope = Scope(period_around(Every.MONTH, timezone.now()).previous(), parameters)
    return values_of_report(show(write_unstored(REPORTS[template.purpose], scope), language))
