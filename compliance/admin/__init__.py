from compliance.admin.ai_models import AIModelAdmin
from compliance.admin.audit import AccessRecordAdmin, AuditEventAdmin
from compliance.admin.calendar import CalendarDayAdmin, ConfirmedYearAdmin
from compliance.admin.document_templates import DocumentTemplateAdmin
from compliance.admin.events import EventAdmin
from compliance.admin.filings import FilingAdmin
from compliance.admin.flags import FlagAdmin
from compliance.admin.register import OfficialNumberAdmin, ServiceAdmin, TrainingDataDeclarationAdmin
from compliance.admin.reports import ReportRunAdmin
from compliance.admin.subscriptions import SubscriptionAdmin
from compliance.admin.webhooks import WebhookAdmin

__all__ = [
    "AIModelAdmin",
    "AccessRecordAdmin",
    "AuditEventAdmin",
    "CalendarDayAdmin",
    "ConfirmedYearAdmin",
    "DocumentTemplateAdmin",
    "EventAdmin",
    "FilingAdmin",
    "FlagAdmin",
    "OfficialNumberAdmin",
    "ReportRunAdmin",
    "ServiceAdmin",
    "SubscriptionAdmin",
    "TrainingDataDeclarationAdmin",
    "WebhookAdmin",
]
