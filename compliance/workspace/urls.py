"""The addresses of the workspace. All but the first ones lie under that of an organization."""

from __future__ import annotations

from django.urls import path

from compliance.workspace import (
    ai_models,
    correspondence,
    deadlines,
    editing,
    filings,
    home,
    model_files,
    model_tools,
    notices,
    papers,
    people,
    services,
    sessions,
    starting,
    workbooks,
)

app_name = "workspace"
_FILING = "<uuid:organization>/filings/<uuid:uid>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sessions.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sessions.SignOut.as_view(), name="sign-out"),
    path("invitations/<str:text>/", people.invitation, name="invitation"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:key>/", notices.follow, name="notice"),
    path("calendar/<int:key>/<str:secret>/deadlines.ics", deadlines.feed, name="feed"),
    path("<uuid:organization>/", services.services, name="services"),
    path("<uuid:organization>/services/keep/", services.keep, name="keep"),
    path("<uuid:organization>/services/<uuid:uid>/", services.keep, name="kept"),
    path("<uuid:organization>/services/<uuid:uid>/forget/", services.forget, name="forget"),
    path("<uuid:organization>/filings/", filings.filings, name="filings"),
    path("<uuid:organization>/filings/start/", starting.start, name="start"),
    path("<uuid:organization>/workbook/", workbooks.workbook, name="workbook"),
    path("<uuid:organization>/workbook/empty.xlsx", workbooks.empty, name="empty-workbook"),
    path("<uuid:organization>/deadlines/", deadlines.deadlines, name="deadlines"),
    path("<uuid:organization>/deadlines/renew/", deadlines.renew_feed, name="renew-feed"),
    path("<uuid:organization>/deadlines/reminders/", deadlines.choose_reminders, name="reminders"),
    path("<uuid:organization>/models/", ai_models.models, name="models"),
    path("<uuid:organization>/people/", people.people, name="people"),
    path("<uuid:organization>/people/invite/", people.invite_person, name="invite"),
    path("<uuid:organization>/people/invitations/<uuid:uid>/", people.withdraw_invited, name="withdraw-invitation"),
    path("<uuid:organization>/people/<int:key>/", people.member, name="member"),
    path("<uuid:organization>/people/<int:key>/mandate/", people.mandate, name="mandate"),
    path(_FILING, filings.filing, name="filing"),
    path(f"{_FILING}submit/", filings.submit, name="submit"),
    path(f"{_FILING}withdraw/", filings.withdraw, name="withdraw"),
    path(f"{_FILING}amend/", starting.amend, name="amend"),
    path(f"{_FILING}answer/", correspondence.answer, name="answer"),
    path(f"{_FILING}messages/", correspondence.conversation, name="messages"),
    path(f"{_FILING}letters/<str:number>/", correspondence.letter, name="letter"),
    path(f"{_FILING}documents/", papers.documents, name="documents"),
    path(f"{_FILING}documents/upload/", papers.upload, name="upload"),
    path(f"{_FILING}documents/<str:sha256>/", papers.document, name="document"),
    path(f"{_FILING}dossier.json", filings.dossier, name="dossier"),
    path(f"{_FILING}dossier.xlsx", workbooks.download, name="filing-workbook"),
    path(f"{_FILING}form.docx", workbooks.official_form, name="form"),
    path(f"{_FILING}models/find/", model_tools.find, name="find-model"),
    path(f"{_FILING}models/add/", model_tools.add, name="add-model"),
    path(f"{_FILING}models/card/", model_files.read_card, name="read-card"),
    path(f"{_FILING}models/evidence/", model_files.read_evidence, name="read-evidence"),
    path(f"{_FILING}remove/<path:path>/", filings.remove, name="remove"),
    path(f"{_FILING}edit/<path:path>/", editing.section, name="section"),
]
