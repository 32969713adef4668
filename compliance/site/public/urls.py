"""Addresses of the public register."""

from __future__ import annotations

from django.urls import path

from compliance.site.public import data, entries, figures
from compliance.site.public.limiting import public
from registry.site.linked_data import register_entry
from registry.site.views import register

urlpatterns = [
    path("", public()(register), name="register"),
    path("suggestions/", entries.suggestions, name="register-suggestions"),
    path("figures/", figures.figures, name="register-figures"),
    path("data/", data.data, name="register-data"),
    path("data/register.<slug:form>", data.download, name="register-download"),
    path("data/<str:day>/register.<slug:form>", data.archived, name="register-archived"),
    path("new.atom", public(300)(data.NewNumbers()), name="register-feed"),
    path("announcements.ics", data.announcements, name="register-announcements"),
    path("<uuid:uid>/", entries.entry, name="register-page"),
    path("<uuid:uid>/badge.svg", entries.badge, name="register-badge"),
    path("<uuid:uid>/card/", entries.card, name="register-card"),
    path("<uuid:uid>.jsonld", public()(register_entry), name="register-entry"),
]
