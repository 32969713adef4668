from django.urls import path

from registry.api import ancestry, corrections, numbers, tokens, views

urlpatterns = [
    path("models/", views.ModelsView.as_view(), name="models"),
    path("models/ancestry/", ancestry.AncestryView.as_view(), name="models-ancestry"),
    path("models/<uuid:id>/", views.ModelView.as_view(), name="model"),
    path("models/<uuid:id>/lineage/", views.LineageView.as_view(), name="model-lineage"),
    path("models/<uuid:id>/correct/", corrections.CorrectView.as_view(), name="model-correct"),
    path("models/<uuid:id>/merge/", corrections.MergeView.as_view(), name="model-merge"),
    path("corrections/<uuid:id>/undo/", corrections.UndoView.as_view(), name="correction-undo"),
    path("organizations/", views.OrganizationsView.as_view(), name="organizations"),
    path("organizations/<uuid:id>/", views.OrganizationView.as_view(), name="organization"),
    path("services/", views.ServicesView.as_view(), name="services"),
    path("services/<uuid:id>/", views.ServiceView.as_view(), name="service"),
    path("training-data-declarations/", views.DeclarationsView.as_view(), name="training-data-declarations"),
    path("register/", numbers.OfficialNumbersView.as_view(), name="official-numbers"),
    path("register/<uuid:id>/", numbers.OfficialNumberView.as_view(), name="official-number"),
    path("tokens/", tokens.TokensView.as_view(), name="tokens"),
    path("tokens/<uuid:id>/", tokens.TokenView.as_view(), name="token"),
    path("tokens/<uuid:id>/rotate/", tokens.RotateTokenView.as_view(), name="token-rotate"),
]
