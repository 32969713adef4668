from compliance.models.calendar import CalendarDay, ConfirmedYear
from compliance.models.events import Event
from compliance.models.filings import Action, CaseNumbers, Filing, Kind, Revision, Status, WorkingCopy
from compliance.models.flags import Flag, Level

__all__ = [
    "Action",
    "CalendarDay",
    "CaseNumbers",
    "ConfirmedYear",
    "Event",
    "Filing",
    "Flag",
    "Kind",
    "Level",
    "Revision",
    "Status",
    "WorkingCopy",
]
