from compliance.checking.models import CalendarDay, ConfirmedYear, Consequence, Flag, Level
from compliance.documents.models import Document, DocumentFacts
from compliance.evidence.models import EvidenceFile, EvidenceSummary, ReferenceSketch, SketchRequest
from compliance.models.events import Event
from compliance.models.filings import Action, CaseNumbers, Filing, Kind, Revision, Status, WorkingCopy
from compliance.models.reports import ReportRun

__all__ = [
    "Action",
    "CalendarDay",
    "CaseNumbers",
    "ConfirmedYear",
    "Consequence",
    "Document",
    "DocumentFacts",
    "Event",
    "EvidenceFile",
    "EvidenceSummary",
    "Filing",
    "Flag",
    "Kind",
    "Level",
    "ReferenceSketch",
    "ReportRun",
    "Revision",
    "SketchRequest",
    "Status",
    "WorkingCopy",
]
