// What people and integrations do, by weight, over the API as it is: the general ledger. There is no API of invoices yet;
// entries of the journal, which an invoice becomes, stand for them.

import http from 'k6/http';

import { as, signIn } from '../lib/auth.js';
import { SHAPES, answered } from '../lib/checks.js';
import { anyOf, api, baseUrl } from '../lib/data.js';

function get(known, name, path, shape) {
  answered(http.get(api(path), as(known, { name })), name, 200, shape);
}

// One request each, with its part of a thousand. Eight reads to two postings; a sign-in costs as much processor time as a
// hundred reads, and a person who works all day does it once or twice.
export const REQUESTS = [
  { weight: 300, name: 'account', run: (known) => get(known, 'account', `/accounts/${anyOf(known.accounts)}`, SHAPES.account) },
  { weight: 80, name: 'accounts', run: (known) => get(known, 'accounts', '/accounts?limit=50', SHAPES.accounts) },
  { weight: 150, name: 'entries', run: (known) => get(known, 'entries', '/journal-entries?limit=20', SHAPES.entries) },
  { weight: 120, name: 'entry', run: (known) => get(known, 'entry', `/journal-entries/${anyOf(known.entries)}`, SHAPES.entry) },
  { weight: 200, name: 'post an entry', run: post },
  { weight: 60, name: 'trial balance', run: (known) => get(known, 'trial balance', `/reports/trial-balance?asOf=${known.postingDate}`, SHAPES.trialBalance) },
  { weight: 30, name: 'income statement', run: (known) => get(known, 'income statement', `/reports/income-statement?from=${known.from}&to=${known.postingDate}`, SHAPES.statement) },
  { weight: 30, name: 'ledger of an account', run: (known) => get(known, 'ledger of an account', `/accounts/${known.bankId}/ledger?limit=50`, SHAPES.ledger) },
  { weight: 19, name: 'me', run: (known) => get(known, 'me', '/me', SHAPES.me) },
  { weight: 10, name: 'health', run: health },
  { weight: 1, name: 'sign in', run: signIn },
];

// Rent paid by bank, in the ledger at once, with its legal number.
function post(known) {
  const amount = (100 + Math.floor(Math.random() * 99900)) / 100;
  const debit = { accountCode: known.expense, debit: amount.toFixed(2) };
  if (known.costCentre) debit.dimensions = known.costCentre;
  const entry = {
    postingDate: known.postingDate,
    description: 'Load test',
    post: true,
    lines: [debit, { accountCode: known.bank, credit: amount.toFixed(2) }],
  };
  const name = 'post an entry';
  const parameters = as(known, { name }, { 'Content-Type': 'application/json' });
  answered(http.post(api('/journal-entries'), JSON.stringify(entry), parameters), name, 201, SHAPES.posted);
}

// The page of the specification's own script: anybody may ask for it.
function health() {
  const name = 'health';
  answered(http.get(`${baseUrl()}/api/v1/health`, { tags: { name } }), name, 200, SHAPES.health);
}

// One of a list whose members have weights.
export function byWeight(list) {
  let place = Math.random() * list.reduce((sum, one) => sum + one.weight, 0);
  return list.find((one) => (place -= one.weight) < 0) || list[0];
}

export function anyRequest(known) {
  byWeight(REQUESTS).run(known);
}

function named(name) {
  return REQUESTS.find((request) => request.name === name);
}

// What one visit is made of: a list, one of it, something posted, the report it shows in.
export const VISITS = [
  { weight: 35, steps: ['accounts', 'account', 'ledger of an account'] },
  { weight: 35, steps: ['entries', 'entry', 'post an entry', 'entries'] },
  { weight: 20, steps: ['post an entry', 'trial balance', 'account', 'account'] },
  { weight: 9, steps: ['me', 'income statement', 'trial balance'] },
  { weight: 1, steps: ['sign in', 'me', 'entries'] },
].map((visit) => ({ ...visit, steps: visit.steps.map(named) }));

export function anyVisit() {
  return byWeight(VISITS).steps;
}
