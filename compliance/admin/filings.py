"""The admin of filings: a page with the status, flags, dossier, documents, evidence and history of each filing."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from compliance.admin.acting import ACTIONS, WAIVERS, act, can_waive, offered, waive
from compliance.admin.days import judged_as_of
from compliance.admin.evidence import evidence_of
from compliance.admin.pages import PageAdmin, done, post_only, user_of
from compliance.admin.readable import sections_of
from compliance.api.documents import download
from compliance.attachments.faults import UNREADABLE_MESSAGES
from compliance.checking.flag_counts import bring_counts_up_to_date
from compliance.dossier.codes import DOCUMENT_KINDS
from compliance.dossier.naming import DOSSIER, name_of
from compliance.dossier.pointer import ROOT, Pointer
from compliance.filings.workflow import VERBS
from compliance.language import Bilingual, Language, language_of
from compliance.models import Document, Filing, Flag, Level, Revision
from compliance.rules.catalog import CATALOG
from compliance.rules.instruments import spelled_out
from compliance.rules.wording import describe, place
from registry.models import User
from registry.reference.regions import PROVINCES

STATUS_COLORS = {
    "draft": "info",
    "submitted": "primary",
    "accepted": "primary",
    "provincial_review": "primary",
    "national_review": "primary",
    "returned": "warning",
    "filed": "success",
    "rejected": "danger",
    "withdrawn": "default",
    "suspended": "warning",
    "revoked": "danger",
    "cancelled": "default",
}


RELATED = ("applicant", "official_number", "target")


class FlaggedFilter(admin.SimpleListFilter):
    """Filter filings by their open flags: with errors, with warnings, or without flags."""

    title = _("flags")
    parameter_name = "flagged"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        return [("error", _("with errors")), ("warning", _("with warnings")), ("none", _("without flags"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Filing]) -> QuerySet[Filing]:
        open_flags = Flag.objects.open().filter(filing=OuterRef("pk"))
        if self.value() == "none":
            return queryset.exclude(Exists(open_flags))
        return queryset.filter(Exists(open_flags.filter(level=self.value()))) if self.value() else queryset


class DueFilter(admin.SimpleListFilter):
    """Filter filings that wait for a check."""

    title = _("check")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        return [("yes", _("due"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Filing]) -> QuerySet[Filing]:
        return queryset.filter(due_since__isnull=False) if self.value() else queryset


class ProvinceFilter(admin.SimpleListFilter):
    title = _("province")
    parameter_name = "province"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        chinese = language_of(get_language()) == "zh"
        return [(code, names[1] if chinese else names[0]) for code, names in PROVINCES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Filing]) -> QuerySet[Filing]:
        return queryset.filter(province=self.value()) if self.value() else queryset


@admin.register(Filing)
class FilingAdmin(PageAdmin):
    list_display = [
        "case_number",
        "service_name",
        "applicant",
        "kind",
        "shown_status",
        "errors",
        "warnings",
        "checked",
        "submitted_at",
    ]
    list_filter = ["status", "kind", "action", FlaggedFilter, ProvinceFilter, DueFilter]
    search_fields = ["search_text"]
    search_help_text = _("Search by case number, service, applicant, USCC or reference")
    change_form_template = "compliance/desk/filing.html"
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Filing]:
        assert isinstance(request.user, User)
        return Filing.objects.visible_to(request.user).select_related(*RELATED)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.found_by(search_term), False

    def get_urls(self) -> list[Any]:
        own = [
            path("<int:key>/as-of/", self.admin_site.admin_view(self.as_of), name="compliance_filing_as_of"),
            path("<int:key>/act/<slug:verb>/", self.admin_site.admin_view(self.act), name="compliance_filing_act"),
            path(
                "<int:key>/flags/<int:flag>/<slug:verb>/",
                self.admin_site.admin_view(self.waive),
                name="compliance_filing_waive",
            ),
            path(
                "<int:key>/documents/<slug:sha256>/",
                self.admin_site.admin_view(self.download),
                name="compliance_filing_document",
            ),
        ]
        return [*own, *super().get_urls()]

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the context of the page, with the actions that the user may perform."""
        by = user_of(request)
        return {**_page(row), "verbs": offered(row, by), "may_waive": can_waive(row, by), "today": timezone.localdate()}

    def act(self, request: HttpRequest, key: int, verb: str) -> HttpResponse:
        """Perform the action of a submitted form."""
        post_only(request)
        filing = get_object_or_404(self.get_queryset(request), pk=key)
        if verb not in ACTIONS:
            raise Http404
        back = reverse("admin:compliance_filing_change", args=[filing.pk])
        return done(request, lambda: act(filing, verb, request), gettext("Done. The history shows the change."), back)

    def as_of(self, request: HttpRequest, key: int) -> HttpResponse:
        """Show the flags that the filing would have on another date, and the changes up to a second date."""
        filing = get_object_or_404(self.get_queryset(request), pk=key)
        context = {**self.admin_site.each_context(request), **judged_as_of(filing, request), "opts": self.opts}
        return TemplateResponse(request, "compliance/desk/as_of.html", context)

    def waive(self, request: HttpRequest, key: int, flag: int, verb: str) -> HttpResponse:
        """Waive a flag, or lift its waiver."""
        post_only(request)
        filing = get_object_or_404(self.get_queryset(request), pk=key)
        row = get_object_or_404(Flag.objects.unresolved().filter(filing=filing), pk=flag)
        if verb not in WAIVERS:
            raise Http404
        back = reverse("admin:compliance_filing_change", args=[filing.pk]) + "#flags"
        return done(
            request, lambda: waive(filing, row, verb, request), gettext("Done. The history shows the change."), back
        )

    def download(self, request: HttpRequest, key: int, sha256: str) -> FileResponse:
        """Download a document of a filing."""
        return download(get_object_or_404(self.get_queryset(request), pk=key), sha256, by=user_of(request))

    @display(description=_("status"), label=STATUS_COLORS, ordering="status")
    def shown_status(self, filing: Filing) -> tuple[str, str]:
        return filing.status, filing.get_status_display()

    @display(description=_("errors"), ordering="error_count", label={"some": "danger", "none": "success"})
    def errors(self, filing: Any) -> tuple[str, str] | None:
        (filing,) = bring_counts_up_to_date([filing])
        return _counted(filing, filing.error_count)

    @display(description=_("warnings"), ordering="warning_count", label={"some": "warning", "none": "success"})
    def warnings(self, filing: Any) -> tuple[str, str] | None:
        (filing,) = bring_counts_up_to_date([filing])
        return _counted(filing, filing.warning_count)

    @display(description=_("checked as of"), ordering="checked_as_of")
    def checked(self, filing: Filing) -> str:
        return _("due") if filing.is_due or not filing.checked_as_of else filing.checked_as_of.isoformat()


def _counted(filing: Filing, count: int) -> tuple[str, str] | None:
    if filing.checked_at is None:
        return None
    return ("some" if count else "none"), str(count)


def _page(filing: Filing) -> dict[str, Any]:
    """Return the context of the page, in a fixed number of queries."""
    language = language_of(get_language())
    flags = list(filing.flags.select_related("waived_by"))
    revision = _last_revision(filing)
    return {
        "filing": filing,
        "province": PROVINCES.get(filing.province, (filing.province, filing.province))[language == "zh"],
        "levels": [_level(level, flags, language) for level in Level],
        "waived": [_described(flag, language) for flag in flags if not flag.resolved_at and flag.is_waived],
        "resolved": [_described(flag, language) for flag in flags if flag.resolved_at],
        "open_count": sum(flag.resolved_at is None and not flag.is_waived for flag in flags),
        "revision": revision,
        "sections": sections_of(revision.content, language, _flagged(flags)) if revision else [],
        "documents": _documents(filing, revision, language),
        "evidence": evidence_of(filing, revision, language),
        "amendments": filing.amendments.order_by("-pk"),
        "events": [_event(event, language) for event in filing.events.order_by("-number")],
        "title": filing.case_number,
    }


def _documents(filing: Filing, revision: Revision | None, language: Language) -> list[dict[str, Any]]:
    """Return the documents that the last revision lists, each with its uploaded file, if any."""
    listed = json.loads(revision.content).get("documents") or [] if revision else []
    held = {document.sha256: document for document in filing.documents.select_related("facts")}
    return [
        {
            "kind": DOCUMENT_KINDS[entry["kind"]].in_(language) if entry.get("kind") else "–",
            "title": entry.get("title") or entry.get("filename") or "",
            "reason": entry.get("not_applicable_reason") or "",
            "held": held.get(entry.get("sha256")),
            "counted": _count_lines(held.get(entry.get("sha256")), language),
        }
        for entry in listed
    ]


def _count_lines(document: Document | None, language: Language) -> list[str]:
    """Return a line for each count of a document; no lines for a document without countable contents."""
    facts = document.facts if document else None
    contents = facts.known_contents if facts else None
    if contents is None:
        return [gettext("being processed …")] if facts else []
    if contents.unreadable:
        return [Bilingual(*UNREADABLE_MESSAGES[contents.unreadable.code]).filled(language, contents.unreadable.values)]
    return [
        gettext("%(bank)s: %(total)s rows")
        % {"bank": name_of(ROOT / "assessment" / name).in_(language), "total": bank.total}
        for name, bank in contents.banks.items()
    ]


def _flagged(flags: list[Flag]) -> list[Pointer]:
    """Return the places with unresolved flags, without duplicates."""
    return list(dict.fromkeys(flag.finding.at for flag in flags if flag.resolved_at is None))


def _last_revision(filing: Filing) -> Revision | None:
    """Return the last submitted revision. Staff never see working copies."""
    return Revision.objects.filter(filing=filing).select_related("by").order_by("-number").first()


def _level(level: Any, flags: list[Flag], language: Language) -> dict[str, Any]:
    open_flags = [flag for flag in flags if flag.level == level and not flag.resolved_at and not flag.is_waived]
    return {"level": level, "label": level.label, "flags": [_described(flag, language) for flag in open_flags]}


def _described(flag: Flag, language: Language) -> dict[str, Any]:
    citations = [spelled_out(citation, language) for citation in CATALOG[flag.rule].cites]
    at = flag.finding.at
    where = place(at, language) if at else DOSSIER.in_(language)
    return {**describe(flag.finding, language), "place": where, "citations": citations, "flag": flag}


def _event(event: Any, language: Language) -> dict[str, Any]:
    flags = [event.data] if "rule" in event.data else event.data.get("gaps", ())
    gaps = [f"{gap['rule']} {place(Pointer(gap['at']), language) if gap['at'] else ''}" for gap in flags]
    return {"event": event, "verb": VERBS[event.verb].in_(language), "gaps": gaps}
