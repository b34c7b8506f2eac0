"""The README's first steps, by the client that openapi-python-client makes of the document. The address of the server and the
password come in the environment; anything that is not as the README says ends the script."""

import datetime
import os

from erp_api_client import AuthenticatedClient, Client
from erp_api_client.api.auth import create_token
from erp_api_client.api.batch import run_batch
from erp_api_client.api.exports import export_ledger
from erp_api_client.api.imports import create_import
from erp_api_client.api.journal_entries import create_journal_entry, list_journal_entries, post_journal_entry
from erp_api_client.api.reports import get_trial_balance
from erp_api_client.models import (
    BatchBody,
    BatchHeaders,
    BatchMethod,
    BatchOperationBody,
    CreateJournalEntryBody,
    CreateTokenBody,
    CreateTokenBodyGrantType,
    ExportLedgerExportFormat,
    ImportType,
    JournalEntryLineBody,
    JournalEntryLineBodyDimensionsType0,
    Problem,
)
from erp_api_client.types import File

URL, PASSWORD = os.environ["URL"], os.environ["PASSWORD"]
TODAY = datetime.date.today()


def rent(key):
    centre = JournalEntryLineBodyDimensionsType0()
    centre["cost-centre"] = "ADMIN"
    lines = [
        JournalEntryLineBody(account_code="6210", debit="5000.00", dimensions=centre),
        JournalEntryLineBody(account_code="1113", credit="5000.00"),
    ]
    body = CreateJournalEntryBody(posting_date=TODAY, description="Office rent", lines=lines)
    answer = create_journal_entry.sync_detailed(client=api, body=body, idempotency_key=key)
    assert answer.status_code == 201, answer.content
    assert answer.parsed.status == "draft", answer.content
    return answer


# A token
sign_in = CreateTokenBody(
    grant_type=CreateTokenBodyGrantType.PASSWORD, username="admin@example.com", password=PASSWORD
)
token = create_token.sync(client=Client(base_url=URL), body=sign_in)
api = AuthenticatedClient(base_url=URL, token=token.access_token)

# A draft, and into the ledger with the version that was read
draft = rent("rent-python")
posted = post_journal_entry.sync(draft.parsed.id, client=api, if_match=draft.headers["ETag"])
assert posted.status == "posted" and posted.number, posted

# A list with a filter
found = list_journal_entries.sync(client=api, numberin=[posted.number])
assert [entry.id for entry in found.items] == [posted.id], found

# The trial balance
balance = get_trial_balance.sync(client=api, as_of=TODAY)
accounts = {line.account for line in balance.lines}
assert balance.balanced and {"6210", "1113"} <= accounts, balance

# Everything wrong with a request at once, in Arabic
wrong = [JournalEntryLineBody(account_code="6210", debit=5), JournalEntryLineBody(account_code=6210)]
body = CreateJournalEntryBody(posting_date=TODAY, lines=wrong)
problem = create_journal_entry.sync(client=api, body=body, accept_language="ar")
assert isinstance(problem, Problem) and problem.status == 422, problem
assert {error.pointer for error in problem.errors} == {"/lines/0/debit", "/lines/1/accountCode"}, problem
assert any("\u0600" <= letter <= "\u06ff" for letter in problem.detail), problem

# The whole ledger
ledger = export_ledger.sync(client=api, format_=ExportLedgerExportFormat.HLEDGER)
assert b"Office rent" in ledger.payload.read()

# A batch, and a file
headers = BatchHeaders(if_match='"1"')
path = f"/api/v1/journal-entries/{rent('rent-python-2').parsed.id}/post"
operation = BatchOperationBody(method=BatchMethod.POST, path=path, headers=headers)
batch = run_batch.sync(client=api, body=BatchBody(items=[operation]))
assert batch.succeeded == 1, batch
rows = f"entry,date,account,debit,credit\n1,{TODAY},6210,1.00,\n1,{TODAY},1113,,1.00\n"
file = File(payload=rows.encode())
imported = create_import.sync_detailed(client=api, body=file, type_=ImportType.JOURNAL_ENTRIES, dry_run=True)
assert imported.status_code == 200, imported.content
