// "> 1000 concurrent users": each does what people do and thinks one to three seconds before the next step. A closed model:
// a slow server slows these users down, which is why the requests per second are measured by the other scenario.

import { sleep } from 'k6';

import { anyVisit } from './journeys.js';

const THINK_MIN_SECONDS = 1;
const THINK_MAX_SECONDS = 3;

// What is left of this user's visit. An iteration is one step of it, so that the end of a scenario interrupts nothing.
let steps = [];

export function users(known) {
  if (steps.length === 0) steps = [...anyVisit()];
  steps.shift().run(known);
  sleep(THINK_MIN_SECONDS + Math.random() * (THINK_MAX_SECONDS - THINK_MIN_SECONDS));
}
