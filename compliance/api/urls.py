from django.urls import path, register_converter

from compliance.api import (
    cards,
    changes,
    checks,
    correspondence,
    dependence,
    documents,
    evidence,
    exchange,
    filings,
    imports,
    meta,
    reports,
    subscriptions,
    uploads,
    waivers,
    webhooks,
    workflow,
)


class Sha256Converter:
    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256Converter, "sha256")

urlpatterns = [
    path("", meta.RootView.as_view(), name="root"),
    path("meta/", meta.MetaView.as_view(), name="meta"),
    path("reports/", reports.ReportsView.as_view(), name="reports"),
    path("reports/<uuid:id>/", reports.ReportView.as_view(), name="report"),
    path("reports/<uuid:id>/files/<slug:format>/", reports.ReportFileView.as_view(), name="report-file"),
    path("report_subscriptions/", subscriptions.SubscriptionsView.as_view(), name="report-subscriptions"),
    path("report_subscriptions/<uuid:id>/", subscriptions.SubscriptionView.as_view(), name="report-subscription"),
    path("report_subscriptions/<uuid:id>/send/", subscriptions.SendNowView.as_view(), name="send-report"),
    path("filings/", filings.FilingsView.as_view(), name="filings"),
    path("filings/changes/", changes.ChangesView.as_view(), name="filings-changes"),
    path("filings/<uuid:id>/", filings.FilingView.as_view(), name="filing"),
    path("filings/<uuid:id>/dossier/", filings.DossierView.as_view(), name="filing-dossier"),
    path("filings/<uuid:id>/flags/", filings.FlagsView.as_view(), name="filing-flags"),
    path("filings/<uuid:id>/check/", checks.FilingCheckView.as_view(), name="filing-check"),
    path("filings/<uuid:id>/waive/", waivers.WaiveView.as_view(), name="filing-waive"),
    path("filings/<uuid:id>/lift_waiver/", waivers.LiftWaiverView.as_view(), name="filing-lift-waiver"),
    path("filings/<uuid:id>/messages/", correspondence.MessagesView.as_view(), name="filing-messages"),
    path("filings/<uuid:id>/letters/", correspondence.LettersView.as_view(), name="filing-letters"),
    path("filings/<uuid:id>/letters/<str:number>/", correspondence.LetterView.as_view(), name="filing-letter"),
    path("filings/<uuid:id>/events/", filings.EventsView.as_view(), name="filing-events"),
    path("filings/<uuid:id>/documents/", documents.DocumentsView.as_view(), name="filing-documents"),
    path("filings/<uuid:id>/documents/<sha256:sha256>/", documents.DocumentView.as_view(), name="filing-document"),
    path("filings/<uuid:id>/uploads/", uploads.UploadsView.as_view(), name="filing-uploads"),
    path("filings/<uuid:id>/uploads/<uuid:upload>/", uploads.UploadView.as_view(), name="filing-upload"),
    path("filings/<uuid:id>/bill_of_materials/", exchange.BillOfMaterialsView.as_view(), name="filing-bill"),
    path("filings/<uuid:id>/model_card/", cards.ModelCardView.as_view(), name="filing-model-card"),
    path(
        "filings/<uuid:id>/models/<path:key>/evidence/", evidence.FilingEvidenceView.as_view(), name="filing-evidence"
    ),
    path("models/<uuid:id>/evidence/", evidence.ModelEvidenceView.as_view(), name="model-evidence"),
    path("filings/<uuid:id>/submit/", workflow.SubmitView.as_view(), name="filing-submit"),
    path("filings/<uuid:id>/record_decision/", workflow.RecordDecisionView.as_view(), name="filing-record-decision"),
    *(
        path(f"filings/<uuid:id>/{verb}/", view.as_view(), name=f"filing-{verb}")
        for verb, view in workflow.VERB_VIEWS.items()
    ),
    path("events/", filings.AllEventsView.as_view(), name="events"),
    path("imports/", imports.ImportsView.as_view(), name="imports"),
    path("imports/<uuid:id>/", imports.ImportView.as_view(), name="import"),
    path("imports/<uuid:id>/results/", imports.ImportResultsView.as_view(), name="import-results"),
    path("webhooks/", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<uuid:id>/", webhooks.WebhookView.as_view(), name="webhook"),
    path("webhooks/<uuid:id>/secret/", webhooks.WebhookSecretView.as_view(), name="webhook-secret"),
    path("webhooks/<uuid:id>/test/", webhooks.WebhookTestView.as_view(), name="webhook-test"),
    path("webhooks/<uuid:id>/deliveries/", webhooks.DeliveriesView.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<uuid:id>/deliveries/<uuid:delivery>/replay/",
        webhooks.ReplayView.as_view(),
        name="webhook-delivery-replay",
    ),
    path("statistics/dependence/", dependence.DependenceView.as_view(), name="statistics-dependence"),
    path("statistics/what-breaks/", dependence.WhatBreaksView.as_view(), name="statistics-what-breaks"),
    path("check/", checks.CheckView.as_view(), name="check"),
    path("rules/", checks.RulesView.as_view(), name="api-rules"),
    path("rules/<str:code>/", checks.RuleView.as_view(), name="rules-read"),
    path("schema/dossier/", checks.DossierSchemaView.as_view(), name="dossier-schema"),
]
