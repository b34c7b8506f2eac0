// The load test. `k6/run.sh` starts a server inside the specification's limits and runs this; by itself:
//
//     BASE_URL=http://127.0.0.1:8080 PROFILE=smoke ADMIN_EMAIL=… ADMIN_PASSWORD=… k6 run k6/main.js
//
// | variable | |
// |---|---|
// | `BASE_URL` | the server, without a path; required |
// | `ALLOW_REMOTE=1` | needed for a server that is not on this machine |
// | `PROFILE` | a file of `profiles/`: spec, smoke (unless told), ci, soak, spike or stress |
// | `ADMIN_EMAIL`, `ADMIN_PASSWORD` | who signs in; not needed with `USERS_FILE` |
// | `USERS_FILE` | users with their tokens, as `k6/run.sh` prepares them: each virtual user is one of them |
// | `SUMMARY_FILE` | where the summary is written as JSON |

import { firstSession } from './lib/auth.js';
import { baseUrl, learn } from './lib/data.js';
import { summary } from './lib/summary.js';
import { rate as oneRequest } from './scenarios/rate.js';
import { users as oneVisit } from './scenarios/users.js';
import { specification as oneOfTheSpecification } from './spec.js';
import { thresholds } from './thresholds.js';

const PROFILES = ['spec', 'smoke', 'ci', 'soak', 'spike', 'stress'];
const profileName = __ENV.PROFILE || 'smoke';
if (!PROFILES.includes(profileName)) {
  throw new Error(`PROFILE is one of ${PROFILES.join(', ')}`);
}
const profile = JSON.parse(open(`./profiles/${profileName}.json`));
baseUrl();

export const options = {
  scenarios: scenarios(),
  thresholds: thresholds(profile.scenarios, seconds),
  // Signing in as one, and looking up what the requests name.
  setupTimeout: '60s',
  summaryTrendStats: ['avg', 'min', 'med', 'p(95)', 'p(99)', 'max', 'count'],
  // Bodies are read by the checks, which need them; everything else of an answer is dropped.
  discardResponseBodies: false,
  userAgent: 'erp-load-test',
};

// What k6 is told of each scenario: without what only the thresholds read.
function scenarios() {
  const told = {};
  for (const [name, scenario] of Object.entries(profile.scenarios)) {
    const { leastPerSecond, ...executor } = scenario;
    told[name] = { ...executor, tags: { profile: profileName } };
  }
  return told;
}

// How long a scenario offers its full load.
function seconds(scenario) {
  const stages = scenario.stages || [{ duration: scenario.duration }];
  return stages.reduce((sum, stage) => sum + parse(stage.duration), 0);
}

function parse(duration) {
  const units = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce((sum, part) => sum + Number(part[1]) * units[part[2]], 0);
}

export function setup() {
  return learn(firstSession());
}

export function users(known) {
  oneVisit(known);
}

export function rate(known) {
  oneRequest(known);
}

export function specification(known) {
  oneOfTheSpecification(known);
}

export function handleSummary(data) {
  return summary(data, profileName);
}
