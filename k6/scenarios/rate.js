// "> 500 requests per second": requests come by the clock, whether or not those before them were answered. One iteration is
// one request, so the rate of arrivals is the rate of requests.

import { anyRequest } from './journeys.js';

export function rate(known) {
  anyRequest(known);
}
