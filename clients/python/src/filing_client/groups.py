"""The methods that both clients have, by the part of the API."""

from __future__ import annotations

from filing_client import changes, checks, documents, filings, imports, reports, subscribing
from filing_client.methods import C, Group, Iterates, Returns, Saves, Streams


class Filings(Group[C]):
    """Filings, their steps, flags and events."""

    list = Iterates(filings.listed)
    get = Returns(filings.found)
    open = Returns(filings.opened)
    dossier = Returns(filings.dossier)
    replace_dossier = Returns(filings.dossier_replaced)
    flags = Iterates(checks.flags)
    events = Iterates(filings.events)
    check = Returns(checks.of_filing)
    wait_until_checked = Returns(filings.checked)

    act = Returns(filings.acted)
    submit = Returns(filings.acting("submit"))
    withdraw = Returns(filings.acting("withdraw"))
    return_ = Returns(filings.acting("return"))
    accept = Returns(filings.acting("accept"))
    forward = Returns(filings.acting("forward"))
    decide = Returns(filings.acting("decide"))
    record_decision = Returns(filings.acting("record_decision"))
    reject = Returns(filings.acting("reject"))
    cancel = Returns(filings.acting("cancel"))
    suspend = Returns(filings.acting("suspend"))
    resume = Returns(filings.acting("resume"))
    revoke = Returns(filings.acting("revoke"))
    waive = Returns(checks.waived)
    lift_waiver = Returns(checks.waiver_lifted)


class Documents(Group[C]):
    """The documents of filings."""

    list = Iterates(documents.listed)
    upload = Returns(documents.uploaded)
    download = Saves(documents.downloaded)


class Imports(Group[C]):
    """Imports of many dossiers."""

    start = Returns(imports.started)
    get = Returns(imports.found)
    results = Iterates(imports.results)
    wait = Returns(imports.finished)


class Reports(Group[C]):
    """Written reports."""

    list = Iterates(reports.listed)
    get = Returns(reports.found)
    download = Saves(reports.downloaded)


class Webhooks(Group[C]):
    """The addresses to which messages are sent."""

    list = Iterates(subscribing.listed)
    get = Returns(subscribing.found)
    create = Returns(subscribing.created)
    change = Returns(subscribing.changed)
    delete = Returns(subscribing.deleted)
    replace_secret = Returns(subscribing.secret_replaced)
    test = Returns(subscribing.sent_for_test)
    deliveries = Iterates(subscribing.deliveries)
    deliver_again = Returns(subscribing.delivered_again)


class Registry(Group[C]):
    """All that the API offers."""

    check = Returns(checks.check)
    changes = Iterates(changes.since)
    export = Streams(filings.exported)
    rules = Returns(checks.rules)
    meta = Returns(checks.meta)

    def __init__(self, client: C) -> None:
        super().__init__(client)
        self.filings = Filings(client)
        self.documents = Documents(client)
        self.imports = Imports(client)
        self.reports = Reports(client)
        self.webhooks = Webhooks(client)
