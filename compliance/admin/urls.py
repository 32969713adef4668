"""The pages of the desk that belong to no table."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from compliance.admin import notices, reviewers
from compliance.admin.searching import search

guarded = admin.site.admin_view

urlpatterns = [
    path("search/", guarded(search), name="desk-search"),
    path("notices/", guarded(notices.notices), name="desk-notices"),
    path("notices/settings/", guarded(notices.settings), name="desk-notice-settings"),
    path("notices/<int:key>/", guarded(notices.follow), name="desk-notice"),
    path("reviewers/", guarded(reviewers.page), name="desk-reviewers"),
    path("reviewers/absences/<int:key>/remove/", guarded(reviewers.remove_absence), name="desk-absence-remove"),
]
