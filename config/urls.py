"""All URLs of the project."""

from __future__ import annotations

import sys

from django.contrib import admin
from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.templatetags.static import static
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.defaults import bad_request, page_not_found, server_error
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from compliance.site import views
from compliance.site.metrics import metrics
from compliance.site.public.data import PagesSitemap, RegisterSitemap, robots
from compliance.site.reports import linked_report
from registry.accounts.views import desk_sign_in, workspace_sign_in
from registry.api import problems
from registry.site.known_models import known_model, known_models

SITEMAPS = {"register": RegisterSitemap, "pages": PagesSitemap}
admin.site.index_title = _("Overview")

urlpatterns = [
    path("", views.home, name="home"),
    path("rules/", views.rules, name="rules"),
    path("rules/<str:code>/", views.rule, name="rule"),
    path("rules/<str:code>/<str:which>.json", views.example, name="rule-example"),
    path("register/", include("compliance.site.public.urls")),
    path("sitemap.xml", sitemap_index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemap-index"),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", robots, name="robots"),
    path("models/known/", known_models, name="known-models"),
    path("models/known/<str:id>/", known_model, name="known-model"),
    path("health/", views.health, name="health"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("health/ready/", views.ready),
    path("metrics", metrics, name="metrics"),
    path("reports/<str:text>/report.<slug:format>", linked_report, name="report-link"),
    path("favicon.ico", RedirectView.as_view(url=static("icon.svg"))),
    path("language/", include("django.conf.urls.i18n")),
    path("account/", include("registry.accounts.urls")),
    path("workspace/sign-in/", workspace_sign_in),
    path("workspace/", include("compliance.workspace.urls")),
    path("admin/login/", desk_sign_in),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", include("compliance.admin.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("compliance.api.urls")),
    path("api/v1/", include("registry.api.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]


def handler400(request, exception):  # type: ignore[no-untyped-def]
    """Respond to an invalid request: problem details under /api/, a page elsewhere."""
    return problems.bad_request(request) if problems.is_api_request(request) else bad_request(request, exception)


def handler404(request, exception):  # type: ignore[no-untyped-def]
    """Respond to an unknown URL: problem details under /api/, a page elsewhere."""
    return problems.not_found(request) if problems.is_api_request(request) else page_not_found(request, exception)


def handler500(request):  # type: ignore[no-untyped-def]
    """
    Respond to an internal error: problem details under /api/, a page elsewhere. What comes of a database that is away for a moment is
    503, so that browsers, proxies and people try again.
    """
    is_api = problems.is_api_request(request)
    if not problems.is_away(sys.exc_info()[1]):
        return problems.failed(request) if is_api else server_error(request)
    answer = problems.unavailable(request) if is_api else server_error(request, template_name="503.html")
    answer.status_code, answer.headers["Retry-After"] = 503, problems.SECONDS_AWAY
    return answer
