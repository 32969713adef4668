"""The pages of the desk that belong to no table."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from compliance.admin.searching import search

urlpatterns = [
    path("search/", admin.site.admin_view(search), name="desk-search"),
]
