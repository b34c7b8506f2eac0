// What a run leaves: JSON for the gates, and a few lines for whoever watches.

function value(metric, name) {
  return metric && metric.values[name] !== undefined ? metric.values[name] : null;
}

// Thresholds that were not kept, with their metrics.
function breaches(metrics) {
  const found = [];
  for (const [name, metric] of Object.entries(metrics)) {
    for (const [threshold, result] of Object.entries(metric.thresholds || {})) {
      if (!result.ok) found.push(`${name}: ${threshold}`);
    }
  }
  return found;
}

// The figures of each scenario, from the submetrics that the thresholds make.
function scenarios(metrics) {
  const found = {};
  for (const [name, metric] of Object.entries(metrics)) {
    const scenario = /^(\w+)\{scenario:(\w+)/.exec(name);
    if (!scenario) continue;
    const [, base, which] = scenario;
    found[which] = found[which] || {};
    found[which][base] = metric.values;
  }
  return found;
}

export function summary(data, profile) {
  const { metrics } = data;
  const duration = metrics.http_req_duration;
  const found = {
    profile,
    seconds: data.state.testRunDurationMs / 1000,
    requests: value(metrics.http_reqs, 'count'),
    requestsPerSecond: value(metrics.http_reqs, 'rate'),
    failedRatio: value(metrics.http_req_failed, 'rate'),
    checksRatio: value(metrics.checks, 'rate'),
    droppedIterations: value(metrics.dropped_iterations, 'count') || 0,
    virtualUsersMax: value(metrics.vus_max, 'max') || value(metrics.vus_max, 'value'),
    milliseconds: {
      p50: value(duration, 'med'),
      p95: value(duration, 'p(95)'),
      p99: value(duration, 'p(99)'),
      worst: value(duration, 'max'),
    },
    scenarios: scenarios(metrics),
    breaches: breaches(metrics),
    failedChecks: failedChecks(data.root_group),
  };
  const outputs = { stdout: text(found) };
  if (__ENV.SUMMARY_FILE) outputs[__ENV.SUMMARY_FILE] = `${JSON.stringify(found, null, 2)}\n`;
  return outputs;
}

function failedChecks(group) {
  const failed = {};
  for (const one of group.checks || []) if (one.fails > 0) failed[one.name] = one.fails;
  return failed;
}

function text(found) {
  const figure = (number, digits) => (number === null ? '-' : number.toFixed(digits));
  const times = found.milliseconds;
  const lines = [
    `${found.profile}: ${found.requests} requests in ${figure(found.seconds, 0)} s (${figure(found.requestsPerSecond, 1)}/s)`,
    `  p50 ${figure(times.p50, 1)} ms, p95 ${figure(times.p95, 1)} ms, p99 ${figure(times.p99, 1)} ms, worst ${figure(times.worst, 0)} ms`,
    `  failed ${figure(found.failedRatio * 100, 3)} %, checks ${figure(found.checksRatio * 100, 3)} %, dropped ${found.droppedIterations}`,
    ...Object.entries(found.failedChecks).map(([name, times]) => `  check failed ${times} times: ${name}`),
    ...found.breaches.map((breach) => `  breached: ${breach}`),
  ];
  return `${lines.join('\n')}\n`;
}
