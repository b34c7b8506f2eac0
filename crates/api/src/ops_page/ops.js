"use strict";
// Signs in as any client does, keeps the tokens in this tab alone, and puts what the server has rendered into the page.
(() => {
  const EVERY_MS = 10_000;
  const PATIENCE_MS = 8_000;
  const KEPT = "erp-ops";
  const page = document.documentElement;
  const said = document.body.dataset;
  const at = (id) => document.getElementById(id);
  const [form, content, problem, signOut] = ["sign-in", "content", "problem", "sign-out"].map(at);
  let timer;

  const tokens = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  const keep = (granted) => sessionStorage.setItem(KEPT, JSON.stringify(granted));

  function tell(text) {
    problem.textContent = text ?? "";
    problem.hidden = !text;
  }

  function ask(path, options) {
    const headers = { "Accept-Language": page.lang, ...options.headers };
    return fetch(path, { ...options, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  // What the token endpoint answers; null where it does not grant anything.
  async function grant(fields) {
    const answer = await ask("/api/v1/auth/token", { method: "POST", body: new URLSearchParams(fields) });
    const body = await answer.json();
    if (answer.ok) {
      keep({ access: body.access_token, refresh: body.refresh_token });
      return null;
    }
    return body.error_description ?? body.detail ?? body.title ?? String(answer.status);
  }

  function showForm(text) {
    clearTimeout(timer);
    sessionStorage.removeItem(KEPT);
    content.replaceChildren();
    [form.hidden, content.hidden, signOut.hidden] = [false, true, true];
    tell(text);
  }

  // What was folded out stays so.
  function put(html) {
    const open = [...content.querySelectorAll("details[open]")].map((one) => one.id);
    content.innerHTML = html;
    for (const id of open) {
      const one = at(id);
      if (one) one.open = true;
    }
    [form.hidden, content.hidden, signOut.hidden] = [true, false, false];
  }

  async function look(renewed) {
    clearTimeout(timer);
    const held = tokens();
    if (!held) return showForm();
    try {
      const headers = { Accept: "text/html", Authorization: `Bearer ${held.access}` };
      const answer = await ask("/api/v1/admin/overview", { headers });
      if (answer.status === 401) {
        const refused = renewed || (await grant({ grant_type: "refresh_token", refresh_token: held.refresh }));
        return refused ? showForm(said.ended) : look(true);
      }
      if (answer.status === 403) return showForm(said.denied);
      if (!answer.ok) throw new Error(String(answer.status));
      put(await answer.text());
      tell();
    } catch (error) {
      tell(`${said.silent} (${error.message})`);
    }
    timer = setTimeout(look, EVERY_MS);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = { grant_type: "password", ...Object.fromEntries(new FormData(form)) };
    if (!fields.tenant) delete fields.tenant;
    try {
      const refused = await grant(fields);
      if (refused) return tell(refused);
      form.reset();
      tell();
      await look();
    } catch (error) {
      tell(`${said.silent} (${error.message})`);
    }
  });

  signOut.addEventListener("click", async () => {
    const held = tokens();
    showForm();
    if (!held) return;
    const body = new URLSearchParams({ token: held.refresh });
    await ask("/api/v1/auth/revoke", { method: "POST", body }).catch(() => {});
  });

  look();
})();
