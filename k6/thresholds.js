// Every threshold there is, for every profile. A breach ends k6 with exit code 99.

// The two of the specification's script, as they are.
export const SPECIFICATION = {
  http_req_duration: ['p(95)<200'],
  http_req_failed: ['rate<0.01'],
};

// Response times of the target table. Only answers that were expected count: a refusal is fast and would flatter them.
const RESPONSE_TIMES = ['p(50)<100', 'p(95)<200', 'p(99)<500'];

// "> 500 requests per second".
const REQUESTS_PER_SECOND = 500;

// Of what all requests together must keep: the specification's 1 %, and the 0.1 % that an availability of 99.9 % leaves.
const EVERYWHERE = {
  http_req_failed: ['rate<0.01', 'rate<0.001'],
  checks: ['rate>0.999'],
};

// The thresholds of a profile's scenarios. `scenarios` is what its file names, `seconds` tells how long one takes.
export function thresholds(scenarios, seconds) {
  const all = { ...EVERYWHERE };
  const names = Object.keys(scenarios);
  for (const name of names) {
    all[`http_req_duration{scenario:${name},expected_response:true}`] = RESPONSE_TIMES;
    all[`http_req_failed{scenario:${name}}`] = ['rate<0.001'];
    if (!byArrival(scenarios[name])) continue;
    // An iteration that found no free user was never offered: the load stalled and the times are those of the rest.
    all[`dropped_iterations{scenario:${name}}`] = ['count==0'];
    if (scenarios[name].leastPerSecond === false) continue;
    // k6 divides a counter by the time of the whole run. Where the run is longer than the scenario, the same limit is its
    // number of requests.
    if (names.length === 1) all.http_reqs = [`rate>${REQUESTS_PER_SECOND}`];
    else all[`http_reqs{scenario:${name}}`] = [`count>${REQUESTS_PER_SECOND * seconds(scenarios[name])}`];
  }
  if (names.includes('specification')) {
    all.http_req_duration = SPECIFICATION.http_req_duration;
  }
  return all;
}

function byArrival(scenario) {
  return scenario.executor.endsWith('-arrival-rate');
}
