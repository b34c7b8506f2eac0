// Where the server is and what of its books the requests name.

import http from 'k6/http';

const LOOPBACK = /^https?:\/\/(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/;

// The server's address. A load test of somebody else's machine is asked for twice.
export function baseUrl() {
  const url = (__ENV.BASE_URL || '').replace(/\/$/, '');
  if (!url) throw new Error('BASE_URL is required: the server to test, such as http://127.0.0.1:8080');
  if (!LOOPBACK.test(url) && __ENV.ALLOW_REMOTE !== '1') {
    throw new Error(`${url} is not on this machine: ALLOW_REMOTE=1 says that it may be tested`);
  }
  return url;
}

export function api(path) {
  return `${baseUrl()}/api/v1${path}`;
}

// The accounts, entries and dates that requests are made of, looked up once before the load.
export function learn(session) {
  const asked = { headers: { Authorization: `Bearer ${session.access}` }, tags: { name: 'setup' } };
  const get = (path) => {
    const answer = http.get(api(path), asked);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${String(answer.body).slice(0, 300)}`);
    return answer.json();
  };
  const accounts = get('/accounts?limit=1000&fields=id,code,isPosting,type,control').items;
  const posting = accounts.filter((account) => account.isPosting);
  const code = (wanted) => posting.find((account) => account.code === wanted) || null;
  // The chart of the template has both; another chart is asked for an expense and an asset.
  const of = (type) => posting.find((account) => account.type === type && account.control === 'none');
  const [expense, bank] = [code('6210') || of('expense'), code('1113') || of('asset')];
  if (!expense || !bank) throw new Error('the books have no account of expenses and none of assets to post to');
  const entries = get('/journal-entries?limit=200&status=posted&sort=-postingDate').items;
  if (entries.length === 0) throw new Error('the books have no posted entry: prepare a tenant with data');
  // Postings go where the newest postings are: that period is open.
  const postingDate = entries[0].postingDate;
  const costCentre = dimension(get('/dimensions?limit=100').items);
  return {
    session,
    accounts: posting.map((account) => account.id),
    entries: entries.map((entry) => entry.id),
    expense: expense.code,
    bank: bank.code,
    bankId: bank.id,
    costCentre,
    postingDate,
    from: `${postingDate.slice(0, 4)}-01-01`,
  };

  // The template's expenses are posted with a cost centre.
  function dimension(dimensions) {
    const known = dimensions.find((one) => one.code === 'cost-centre');
    if (!known) return null;
    const values = get(`/dimensions/${known.id}/values?limit=100`).items;
    return values.length > 0 ? { [known.code]: values[0].code } : null;
  }
}

export function anyOf(list) {
  return list[Math.floor(Math.random() * list.length)];
}
