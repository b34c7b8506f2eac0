// Who asks. A sign-in computes a memory-hard hash, so a token is used until it is about to end, as clients do.

import exec from 'k6/execution';
import http from 'k6/http';
import { SharedArray } from 'k6/data';

import { api } from './data.js';
import { signedIn } from './checks.js';

// Users that were prepared, each with a session; none where the administrator stands for all.
const prepared = new SharedArray('users', () => (__ENV.USERS_FILE ? JSON.parse(open(__ENV.USERS_FILE)) : []));

// Part of a token's life after which it is exchanged: not the same for all, or a thousand would come at once.
const RENEW_FROM = 0.6;
const RENEW_TO = 0.9;

// The session of this virtual user.
let mine = null;

function form(fields, tags) {
  return http.post(api('/auth/token'), fields, { tags });
}

function session(answer, user) {
  const token = answer.json();
  const life = (token.expires_in || 0) * 1000 * (RENEW_FROM + (RENEW_TO - RENEW_FROM) * Math.random());
  return { user, access: token.access_token, refresh: token.refresh_token, renewAt: Date.now() + life };
}

function administrator() {
  const [email, password] = [__ENV.ADMIN_EMAIL, __ENV.ADMIN_PASSWORD];
  if (!email || !password) throw new Error('ADMIN_EMAIL and ADMIN_PASSWORD say who signs in');
  return { email, password };
}

function byPassword(user) {
  const fields = { grant_type: 'password', username: user.email, password: user.password };
  const answer = form(fields, { name: 'sign in' });
  return signedIn(answer) ? session(answer, user) : null;
}

function byRefreshToken(old) {
  const answer = form({ grant_type: 'refresh_token', refresh_token: old.refresh }, { name: 'renew a session' });
  return signedIn(answer) ? session(answer, old.user) : null;
}

// Before the load: one session to look things up with, or the reason why there is none.
export function firstSession() {
  const first = prepared.length > 0 ? fromFile(prepared[0]) : byPassword(administrator());
  if (!first) throw new Error('nobody could sign in');
  return first;
}

function fromFile(user) {
  // A refresh token is good for one exchange, and users of the file may be shared: so it is left alone.
  return { user, access: user.access, refresh: null, renewAt: user.renewAt };
}

// The access token of this virtual user.
export function token(known) {
  if (mine === null) {
    const place = exec.vu.idInTest - 1;
    mine = prepared.length > 0 ? fromFile(prepared[place % prepared.length]) : { ...known.session, refresh: null };
  }
  if (Date.now() >= mine.renewAt) {
    mine = (mine.refresh ? byRefreshToken(mine) : byPassword(mine.user)) || mine;
  }
  return mine.access;
}

// What a person does in the morning: signs in anew.
export function signIn(known) {
  token(known);
  mine = byPassword(mine.user) || mine;
}

export function as(known, tags, headers) {
  return { headers: { Authorization: `Bearer ${token(known)}`, ...headers }, tags };
}
