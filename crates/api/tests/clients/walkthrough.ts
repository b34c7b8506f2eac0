// The README's first steps, by openapi-fetch and the types that openapi-typescript makes of the document. The address of the
// server and the password come in the environment; anything that is not as the README says ends the script.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { env: Record<string, string | undefined> };

const { URL: baseUrl = "", PASSWORD: password = "" } = process.env;
const today = new Date().toISOString().slice(0, 10);
const api = createClient<paths, "application/json" | "application/problem+json">({ baseUrl });

function check(holds: unknown, what: unknown): asserts holds {
  if (!holds) throw new Error(JSON.stringify(what));
}

// A token
const signIn = await api.POST("/api/v1/auth/token", {
  body: { grant_type: "password", username: "admin@example.com", password },
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
});
check(signIn.data, signIn.error);
const token = signIn.data.access_token;
api.use({
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${token}`);
  },
});

async function rent(key: string) {
  const answer = await api.POST("/api/v1/journal-entries", {
    params: { header: { "Idempotency-Key": key } },
    body: {
      postingDate: today,
      description: "Office rent",
      lines: [
        { accountCode: "6210", debit: "5000.00", dimensions: { "cost-centre": "ADMIN" } },
        { accountCode: "1113", credit: "5000.00" },
      ],
    },
  });
  check(answer.data?.status === "draft", answer.error ?? answer.data);
  return { draft: answer.data, version: answer.response.headers.get("ETag") ?? "" };
}

// A draft, and into the ledger with the version that was read
const { draft, version } = await rent("rent-typescript");
const posted = await api.POST("/api/v1/journal-entries/{id}/post", {
  params: { path: { id: draft.id }, header: { "If-Match": version } },
});
check(posted.data?.status === "posted" && posted.data.number, posted.error ?? posted.data);

// A list with filters
const found = await api.GET("/api/v1/journal-entries", {
  params: { query: { status: "posted", "number[in]": [posted.data.number], fields: ["id", "number"] } },
});
check(found.data?.items.length === 1 && found.data.items[0]?.id === draft.id, found);

// The trial balance, also as CSV
const balance = await api.GET("/api/v1/reports/trial-balance", { params: { query: { asOf: today } } });
const accounts = balance.data?.lines.map((line) => line.account);
check(balance.data?.balanced && accounts?.includes("6210") && accounts.includes("1113"), balance);
const csv = await api.GET("/api/v1/reports/trial-balance", {
  params: { query: { asOf: today } },
  headers: { Accept: "text/csv" },
  parseAs: "text",
});
check(csv.data?.startsWith("account,debit,credit"), csv);

// Everything wrong with a request at once, in Arabic
const wrong = await api.POST("/api/v1/journal-entries", {
  params: { header: { "Accept-Language": "ar" } },
  body: { postingDate: "2026-02-30", lines: [{ accountCode: "6210", debit: "five" }] },
});
const problem: components["schemas"]["Problem"] | undefined = wrong.error;
const pointers = problem?.errors?.map((error) => error.pointer);
check(problem?.status === 422 && pointers?.includes("/postingDate") && pointers.includes("/lines/0/debit"), wrong);
check(/[\u0600-\u06ff]/.test(problem.detail), problem);

// The whole ledger
const ledger = await api.GET("/api/v1/exports/ledger", {
  params: { query: { format: "hledger" } },
  parseAs: "text",
});
check(ledger.data?.includes("Office rent"), ledger);

// A batch, and a file
const other = await rent("rent-typescript-2");
const path = `/api/v1/journal-entries/${other.draft.id}/post`;
const batch = await api.POST("/api/v1/batch", {
  body: { atomic: false, items: [{ method: "POST", path, headers: { "If-Match": other.version } }] },
});
check(batch.data?.succeeded === 1, batch);
const rows = `entry,date,account,debit,credit\n1,${today},6210,1.00,\n1,${today},1113,,1.00\n`;
const imported = await api.POST("/api/v1/imports", {
  params: { query: { type: "journal-entries", dryRun: true } },
  headers: { "Content-Type": "text/csv" },
  body: rows,
  bodySerializer: (body) => body,
});
check(imported.response.status === 200, imported);
