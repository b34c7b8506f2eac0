// A steady load for drills: the requests of the load test by weight, so many a second. Whether limits are kept is the
// drill's business, so there are no thresholds.

import { firstSession } from '../../k6/lib/auth.js';
import { baseUrl, learn } from '../../k6/lib/data.js';
import { summary } from '../../k6/lib/summary.js';
import { REQUESTS, byWeight } from '../../k6/scenarios/journeys.js';

baseUrl();

// The health page says that something is broken, which is what a drill does: its answer is no failure. Reads alone where two
// servers have books of their own; signing in writes, too.
const LEFT_OUT = __ENV.LOAD_ONLY === 'reads' ? ['health', 'post an entry', 'sign in'] : ['health'];
const requests = REQUESTS.filter((one) => !LEFT_OUT.includes(one.name));

export const options = {
  scenarios: {
    rate: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE),
      timeUnit: '1s',
      duration: `${__ENV.SECONDS_OF_LOAD}s`,
      preAllocatedVUs: 50,
      maxVUs: 500,
    },
  },
  summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max', 'count'],
};

export function setup() {
  const known = learn(firstSession());
  console.log('load begins');
  return known;
}

export default function (known) {
  byWeight(requests).run(known);
}

export function handleSummary(data) {
  return summary(data, 'drill');
}
