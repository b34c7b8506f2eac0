// The specification's own load test: its stages (`profiles/spec.json`, 16 minutes), its two thresholds and its pause of a
// second. Runs by itself (`k6 run k6/spec.js`, with the variables of main.js) and as PROFILE=spec, which adds the other
// thresholds.
//
// What differs, and why: the address is given instead of that of production; instead of the health page alone, requests of
// the business by weight, the health page among them; and no check of a single request's time, which says the same as the
// threshold of the 95th percentile and contradicts it at the 96th.

import { sleep } from 'k6';

import { firstSession } from './lib/auth.js';
import { baseUrl, learn } from './lib/data.js';
import { summary } from './lib/summary.js';
import { anyRequest } from './scenarios/journeys.js';
import { SPECIFICATION } from './thresholds.js';

baseUrl();

export const options = {
  stages: JSON.parse(open('./profiles/spec.json')).scenarios.specification.stages,
  thresholds: SPECIFICATION,
};

export function setup() {
  return learn(firstSession());
}

export function specification(known) {
  anyRequest(known);
  sleep(1);
}

export default specification;

export function handleSummary(data) {
  return summary(data, 'spec');
}
