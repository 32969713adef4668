"""A client of the AI Model Compliance Registry."""

from filing_client.answers import Answer, Page
from filing_client.async_client import AsyncClient
from filing_client.changes import Change, Changes
from filing_client.checks import Check, Compared, Finding, Flag, Rule, Waiver
from filing_client.client import Client
from filing_client.documents import Document
from filing_client.filings import Applicant, CheckState, Event, Filing, FlagCounts, ServiceName
from filing_client.imports import Import, ImportCounts, ImportResult
from filing_client.problems import (
    ApiProblem,
    ChangedMeanwhile,
    Conflict,
    Fault,
    Malformed,
    NotAllowed,
    NotFound,
    NotReady,
    RequestFailed,
    Throttled,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
    WrongDigest,
)
from filing_client.reports import Report
from filing_client.subscribing import Delivery, Webhook

__all__ = [
    "Answer",
    "ApiProblem",
    "Applicant",
    "AsyncClient",
    "Change",
    "ChangedMeanwhile",
    "Changes",
    "Check",
    "CheckState",
    "Client",
    "Compared",
    "Conflict",
    "Delivery",
    "Document",
    "Event",
    "Fault",
    "Filing",
    "Finding",
    "Flag",
    "FlagCounts",
    "Import",
    "ImportCounts",
    "ImportResult",
    "Malformed",
    "NotAllowed",
    "NotFound",
    "NotReady",
    "Page",
    "Report",
    "RequestFailed",
    "Rule",
    "ServiceName",
    "Throttled",
    "Unauthorized",
    "UnexpectedAnswer",
    "Unreachable",
    "Waiver",
    "Webhook",
    "WrongDigest",
]
