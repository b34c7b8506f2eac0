// What a new colour has to answer before anybody is sent to it. Needs no account: journeys of signed-in users are the gate's.
import http from 'k6/http';
import { check } from 'k6';

export const options = {
  vus: 2,
  duration: '60s',
  // Some of the answers are refusals on purpose, so failed requests are no measure here.
  thresholds: { checks: ['rate==1'], http_req_duration: ['p(95)<200'] },
};

const base = __ENV.BASE_URL;

export default function () {
  const live = http.get(`${base}/health/live`);
  check(live, { 'is live': (answer) => answer.status === 200 });

  const ready = http.get(`${base}/health/ready`);
  check(ready, { 'is ready': (answer) => answer.status === 200 && answer.json('status') === 'Healthy' });

  const report = http.get(`${base}/api/v1/health`);
  check(report, {
    'serves the API': (answer) => answer.status === 200,
    'shows strangers no entries': (answer) => Object.keys(answer.json('entries') || {}).length === 0,
  });

  // Without a token, and past Front Door: either refusal is right, an answer is not.
  const accounts = http.get(`${base}/api/v1/accounts`);
  check(accounts, {
    'refuses strangers': (answer) => answer.status === 401 || answer.status === 403,
    'says so as a problem': (answer) => String(answer.headers['Content-Type']).startsWith('application/problem+json'),
  });
}
