"""Settings of django-unfold: the look of the desk and its menu."""

from __future__ import annotations

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": _("AI Model Compliance Registry"),
    "SITE_HEADER": _("Compliance Registry"),
    "SITE_SUBHEADER": _("Filings of AI models and services"),
    "SITE_SYMBOL": "fact_check",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icon.svg")}],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "ACCOUNT": {"navigation": [{"title": _("Your account"), "link": reverse_lazy("account")}]},
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("desk.css")],
    "SCRIPTS": [lambda request: static("desk.js")],
    "DASHBOARD_CALLBACK": "compliance.admin.dashboard.fill",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .014 254.6)",
            "100": "oklch(93.2% .032 255.6)",
            "200": "oklch(88.2% .059 254.1)",
            "300": "oklch(80.9% .105 251.8)",
            "400": "oklch(70.7% .165 254.6)",
            "500": "oklch(62.3% .214 259.8)",
            "600": "oklch(54.6% .245 262.9)",
            "700": "oklch(48.8% .243 264.4)",
            "800": "oklch(42.4% .199 265.6)",
            "900": "oklch(37.9% .146 265.5)",
            "950": "oklch(28.2% .091 267.9)",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "title": _("Desk"),
                "items": [
                    {"title": _("Overview"), "icon": "dashboard", "link": reverse_lazy("admin:index")},
                    {
                        "title": _("Filings"),
                        "icon": "folder_open",
                        "link": reverse_lazy("admin:compliance_filing_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Reviewers"),
                        "icon": "groups",
                        "link": reverse_lazy("desk-reviewers"),
                        "permission": "registry.admin.permissions.is_staff",
                    },
                    {
                        "title": _("Flags"),
                        "icon": "flag",
                        "link": reverse_lazy("admin:compliance_flag_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Events"),
                        "icon": "history",
                        "link": reverse_lazy("admin:compliance_event_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Reports"),
                        "icon": "summarize",
                        "link": reverse_lazy("admin:compliance_reportrun_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Report subscriptions"),
                        "icon": "forward_to_inbox",
                        "link": reverse_lazy("admin:compliance_subscription_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Dependence"),
                        "icon": "account_tree",
                        "link": reverse_lazy("admin:compliance_dependence"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                ],
            },
            {
                "title": _("Register"),
                "separator": True,
                "items": [
                    {
                        "title": _("AI models"),
                        "icon": "neurology",
                        "link": reverse_lazy("admin:registry_aimodel_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Services"),
                        "icon": "apps",
                        "link": reverse_lazy("admin:registry_service_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Training data"),
                        "icon": "database",
                        "link": reverse_lazy("admin:registry_trainingdatadeclaration_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Official numbers"),
                        "icon": "verified",
                        "link": reverse_lazy("admin:registry_officialnumber_changelist"),
                        "permission": "compliance.admin.permissions.can_see_filings",
                    },
                    {
                        "title": _("Organizations"),
                        "icon": "domain",
                        "link": reverse_lazy("admin:registry_organization_changelist"),
                    },
                    {"title": _("Rules"), "icon": "gavel", "link": reverse_lazy("rules")},
                ],
            },
            {
                "title": _("Administration"),
                "separator": True,
                "items": [
                    {
                        "title": _("Users"),
                        "icon": "person",
                        "link": reverse_lazy("admin:registry_user_changelist"),
                        "permission": "registry.admin.permissions.is_administrator",
                    },
                    {
                        "title": _("Memberships"),
                        "icon": "badge",
                        "link": reverse_lazy("admin:registry_membership_changelist"),
                        "permission": "registry.admin.permissions.is_administrator",
                    },
                    {
                        "title": _("API tokens"),
                        "icon": "key",
                        "link": reverse_lazy("admin:registry_apitoken_changelist"),
                        "permission": "registry.admin.permissions.is_staff",
                    },
                    {
                        "title": _("Webhooks"),
                        "icon": "webhook",
                        "link": reverse_lazy("admin:compliance_webhook_changelist"),
                        "permission": "registry.admin.permissions.is_staff",
                    },
                    {
                        "title": _("Document templates"),
                        "icon": "description",
                        "link": reverse_lazy("admin:compliance_documenttemplate_changelist"),
                        "permission": "registry.admin.permissions.is_administrator",
                    },
                    {
                        "title": _("Calendar days"),
                        "icon": "calendar_month",
                        "link": reverse_lazy("admin:compliance_calendarday_changelist"),
                        "permission": "registry.admin.permissions.is_administrator",
                    },
                    {
                        "title": _("Confirmed years"),
                        "icon": "event_available",
                        "link": reverse_lazy("admin:compliance_confirmedyear_changelist"),
                        "permission": "registry.admin.permissions.is_administrator",
                    },
                    {
                        "title": _("Changes of users and reference data"),
                        "icon": "shield_person",
                        "link": reverse_lazy("admin:registry_auditevent_changelist"),
                        "permission": "compliance.admin.audit.can_audit",
                    },
                    {
                        "title": _("Accesses to personal data"),
                        "icon": "visibility",
                        "link": reverse_lazy("admin:registry_accessrecord_changelist"),
                        "permission": "compliance.admin.audit.can_audit",
                    },
                ],
            },
        ],
    },
}
