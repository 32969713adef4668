from django.urls import path

from compliance.api import views

urlpatterns = [
    path("filings/", views.FilingsView.as_view(), name="filings"),
    path("filings/<uuid:id>/", views.FilingView.as_view(), name="filing"),
    path("filings/<uuid:id>/dossier/", views.DossierView.as_view(), name="filing-dossier"),
    path("filings/<uuid:id>/submit/", views.SubmitView.as_view(), name="filing-submit"),
    path("filings/<uuid:id>/withdraw/", views.WithdrawView.as_view(), name="filing-withdraw"),
    path("filings/<uuid:id>/flags/", views.FlagsView.as_view(), name="filing-flags"),
    path("check/", views.CheckView.as_view(), name="check"),
    path("rules/", views.RulesView.as_view(), name="rules"),
    path("schema/dossier/", views.DossierSchemaView.as_view(), name="dossier-schema"),
]
