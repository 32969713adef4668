from compliance.admin.calendar import CalendarDayAdmin, ConfirmedYearAdmin
from compliance.admin.events import EventAdmin
from compliance.admin.filings import FilingAdmin
from compliance.admin.flags import FlagAdmin

__all__ = ["CalendarDayAdmin", "ConfirmedYearAdmin", "EventAdmin", "FilingAdmin", "FlagAdmin"]
