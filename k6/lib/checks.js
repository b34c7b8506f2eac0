// What an answer must be: its status and the shape of its body. How long it took is the thresholds' business.

import { check } from 'k6';

const isText = (value) => typeof value === 'string' && value.length > 0;
const isAmount = (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
const isId = (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isCursor = (value) => value === null || value === undefined || isText(value);

function isAccount(account) {
  return isId(account.id) && isText(account.code) && isText(account.type) && isText(account.name.en || account.name.ar);
}

function isEntry(entry) {
  const numbered = entry.status !== 'posted' || isText(entry.number);
  return isId(entry.id) && isText(entry.postingDate) && Number.isInteger(entry.version) && numbered;
}

// The shape of each body that the journeys meet.
export const SHAPES = {
  health: (body) => ['Healthy', 'Degraded'].includes(body.status) && isText(body.totalDuration),
  me: (body) => isId(body.user.id) && isId(body.tenant.id) && Array.isArray(body.permissions),
  token: (body) => isText(body.access_token) && body.token_type === 'Bearer' && body.expires_in > 0,
  account: isAccount,
  accounts: (body) => body.items.length > 0 && body.items.every(isAccount) && isCursor(body.nextCursor),
  entry: (body) => isEntry(body) && Array.isArray(body.lines) && body.lines.length === body.lineCount,
  entries: (body) => body.items.length > 0 && body.items.every(isEntry) && isCursor(body.nextCursor),
  posted: (body) => isEntry(body) && body.status === 'posted' && isText(body.hash),
  ledger: (body) => isAmount(body.openingBalance) && isAmount(body.closingBalance) && Array.isArray(body.items),
  trialBalance: (body) => Array.isArray(body.lines) && body.lines.length > 0 && body.balanced === true,
  statement: (body) => Array.isArray(body.sections) && Array.isArray(body.results) && isText(body.scope.currency),
};

// Whether the answer has the status and the body the caller asked for.
export function answered(answer, name, status, shape) {
  return check(
    answer,
    {
      [`${name}: status ${status}`]: (seen) => seen.status === status,
      [`${name}: body`]: (seen) => seen.status === status && hasShape(seen, shape),
    },
    { request: name },
  );
}

function hasShape(answer, shape) {
  try {
    return shape(answer.json());
  } catch {
    // Not JSON, or without what the shape looks into.
    return false;
  }
}

export function signedIn(answer) {
  return answered(answer, 'sign in', 200, SHAPES.token);
}
