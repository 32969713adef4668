from compliance.casework.models import Absence, Assignment, Audience, Comment, Look, SavedView
from compliance.checking.models import CalendarDay, ConfirmedYear, Consequence, EarlierFlag, Flag, Level
from compliance.deadlines.models import CalendarFeed
from compliance.documents.models import Document, DocumentFacts, PartialUpload, UploadedPart
from compliance.evidence.models import EvidenceFile, EvidenceSummary, ReferenceSketch, SketchRequest
from compliance.filings.history.models import Event
from compliance.filings.models import Action, CaseNumbers, ClockName, Filing, Kind, Revision, Status, WorkingCopy
from compliance.imports.models import ImportOutcome, ImportPart, ImportResult, ImportRun, ImportState
from compliance.inventory.models import KeptService
from compliance.letters.models import Letter, LetterKind
from compliance.notices.models import Attempt, Change, ChangeType, Delivery, LastPosition, Webhook, WebhookEvent
from compliance.notices.people import Mail, Notice, NoticeSettings
from compliance.opendata.models import ArchivedRegister
from compliance.reports.delivery_models import ReportLink, Sending, SendingState, Subscription
from compliance.reports.models import ReportFigures, ReportPart, ReportRun, RunState
from compliance.statistics.models import DeskFigures
from compliance.templating.models import DocumentTemplate, Purpose
from compliance.watch.models import Heartbeat, Part, Watch

__all__ = [
    "Absence",
    "Action",
    "ArchivedRegister",
    "Assignment",
    "Attempt",
    "Audience",
    "CalendarDay",
    "CalendarFeed",
    "CaseNumbers",
    "Change",
    "ChangeType",
    "ClockName",
    "Comment",
    "ConfirmedYear",
    "Consequence",
    "Delivery",
    "DeskFigures",
    "Document",
    "DocumentFacts",
    "DocumentTemplate",
    "EarlierFlag",
    "Event",
    "EvidenceFile",
    "EvidenceSummary",
    "Filing",
    "Flag",
    "Heartbeat",
    "ImportOutcome",
    "ImportPart",
    "ImportResult",
    "ImportRun",
    "ImportState",
    "KeptService",
    "Kind",
    "LastPosition",
    "Letter",
    "LetterKind",
    "Level",
    "Look",
    "Mail",
    "Notice",
    "NoticeSettings",
    "Part",
    "PartialUpload",
    "Purpose",
    "ReferenceSketch",
    "ReportFigures",
    "ReportLink",
    "ReportPart",
    "ReportRun",
    "Revision",
    "RunState",
    "SavedView",
    "Sending",
    "SendingState",
    "SketchRequest",
    "Status",
    "Subscription",
    "UploadedPart",
    "Watch",
    "Webhook",
    "WebhookEvent",
    "WorkingCopy",
]
