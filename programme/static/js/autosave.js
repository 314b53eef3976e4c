/* A long form saves itself while one writes and says so in its bar: nothing typed is lost, no request overlaps another.

What is not yet acknowledged is also kept in this browser (localStorage, so that it outlives a crash, a flat battery or a
closed tab), under the account and the address, and nowhere longer than needed: erased as soon as the server has it, at
sign-out (here, and by the server's Clear-Site-Data for every tab), when somebody else is signed in, and after a day. */
const DAY = 864e5;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  all(start) { try { return Object.keys(localStorage).filter((key) => key.startsWith(start)); } catch { return []; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the page still holds the text */ } },
  drop(test) { for (const key of this.all("draft:")) if (test(key)) localStorage.removeItem(key); },
};
const came = performance.getEntriesByType("navigation")[0] ?? {};
const account = document.getElementById("session-words")?.dataset.account;

// An ordinary « Enregistrer » is acknowledged by the page it leads to, unless one comes back from an error; the sign-in page
// of a session that was over acknowledges nothing: the text waits for its author.
const sent = store.get("draft-sent");
if (sent && came.type === "navigate" && !(came.responseStatus >= 500)) {
  if (account) store.drop((key) => key === sent);
  localStorage.removeItem("draft-sent");
}
if (account) store.drop((key) => !key.startsWith(`draft:${account}:`) || Date.now() - (store.get(key)?.at ?? 0) > DAY);
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/deconnexion") store.drop(() => true);
});

for (const form of document.querySelectorAll("form[data-autosave]")) keepSaved(form);

function keepSaved(form) {
  const line = form.querySelector(".sticky-bar [role=status]");
  const kit = form.querySelector("template[data-autosave-words]");
  if (!line || !kit) return;
  const words = kit.dataset;
  const version = form.querySelector("input[name=version]");
  const address = new URL(form.getAttribute("action") || location.href, location.href);
  const mine = `draft:${account}:${address.pathname}:`;
  const key = mine + Math.random(); // a tab never erases what another one keeps
  let changed = false; // typed since the last send
  let pending = null; // sent and not acknowledged: goes again as it was, so that a lost answer is no conflict
  let busy = null;
  let resume = null;
  let wait = 0;
  let renewals = 0;
  let halted = false;
  let left = false;
  let saidAt = 0;
  let timer;

  function say(text, tone = "", loud = false) {
    // « Enregistré » is spoken once a minute at most, and what goes well on its own way never.
    line.setAttribute("aria-live", loud ? "polite" : "off");
    line.className = `status ${tone}`;
    line.replaceChildren(...[text].flat());
  }
  function link(text, href, target) {
    const made = document.createElement("a");
    Object.assign(made, { href, textContent: text });
    if (target) Object.assign(made, { target, rel: "noopener" });
    return made;
  }
  function fields() {
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrf_token", "version"].includes(name));
  }
  function backUp() {
    store.set(key, { at: Date.now(), version: pending?.get("version") ?? version?.value, fields: fields() });
  }
  function touched(event) {
    if (event?.target && !event.target.name) return;
    if (event?.target?.type === "file") return;
    changed = true;
    backUp(); // at once: a browser that is killed says nothing before
    if (halted) form.dataset.dirty = "";
    if (halted || wait) return;
    if (!busy) say(words.pending);
    schedule(1500);
  }
  function schedule(delay) {
    clearTimeout(timer);
    timer = setTimeout(send, delay);
  }

  async function send() {
    clearTimeout(timer);
    if (busy || halted || left || !(changed || pending)) return;
    if (!pending) {
      pending = new URLSearchParams([...fields(), ["csrf_token", form.querySelector("input[name=csrf_token]").value]]);
      if (version) pending.set("version", version.value);
      pending.set("action", "autosave");
      changed = false;
    }
    busy = new AbortController();
    const limit = setTimeout(() => busy?.abort(), 20000);
    say(words.saving);
    try {
      const answer = await fetch(address, {
        method: "POST", body: pending, headers: { Accept: "application/json" }, signal: busy.signal,
        keepalive: pending.toString().length < 60000,
      });
      const json = answer.headers.get("content-type")?.includes("json");
      settle(answer.status, json ? await answer.json() : {});
    } catch {
      retry(words.offline);
    }
    clearTimeout(limit);
    busy = null;
    if (resume) {
      const button = resume;
      resume = null;
      form.requestSubmit(button.isConnected ? button : null);
    } else if (changed && !wait && !halted) schedule(document.hidden ? 0 : 1500);
  }

  function settle(status, answer) {
    if (answer.csrf) for (const each of document.querySelectorAll("input[name=csrf_token]")) each.value = answer.csrf;
    if (status === 412 && answer.csrf && renewals++ < 2) {
      pending.set("csrf_token", answer.csrf);
      schedule(100);
    } else if (answer.message && (status === 200 || status === 422)) acknowledged(answer);
    else if (status === 401) retry(words.session, link(words.signIn, words.signInHref, "_blank"), 15);
    else if ([403, 404, 409, 410].includes(status)) halt(answer);
    else retry(words.server);
  }

  function acknowledged(answer) {
    pending = null;
    wait = renewals = 0;
    if (version && answer.version) version.value = answer.version;
    const names = mark(answer.errors);
    document.dispatchEvent(new CustomEvent("fragments", { detail: answer.fragments }));
    document.dispatchEvent(new CustomEvent("session:renewed"));
    if (!changed) {
      store.drop((each) => each === key);
      delete form.dataset.dirty;
    }
    if (names.length) say(`${answer.message} ${fill(words.except, { fields: names.join(", ") })}`, "status--warn", true);
    else if (changed) say(words.pending); // typed meanwhile: not « saved » yet
    else {
      const more = document.createElement("span");
      more.className = "sticky-bar__more";
      more.textContent = ` ${words.more}`;
      const whole = document.createElement("span");
      whole.append(answer.message, more);
      say(whole, "status--ok status--full", Date.now() - saidAt > 6e4);
      saidAt = Date.now();
    }
  }

  function halt(answer) {
    halted = true;
    form.dataset.dirty = "";
    backUp();
    say([answer.message ?? words.gone, " ", ...(answer.href ? [link(words.see, answer.href)] : [])], "status--err", true);
  }

  function retry(text, more, delay) {
    const first = !wait;
    wait = delay ?? Math.min(wait ? wait * 2 : 10, 60);
    form.dataset.dirty = "";
    saidAt = 0;
    backUp();
    say([fill(text, { n: wait }), ...(more ? [" ", more] : [])], "status--err", first);
    schedule(wait * 1000);
  }

  // The fields that could not be kept are marked where they stand; focus stays where one types.
  function mark(errors) {
    const wrong = new Map(errors);
    for (const note of form.querySelectorAll(".error[id$='-error']")) {
      const id = note.id.slice(0, -6);
      if (wrong.has(id)) continue;
      const field = document.getElementById(id);
      field?.removeAttribute("aria-invalid");
      describe(field, note.id, false);
      note.remove();
    }
    const summary = form.querySelector("#error-summary");
    if (!errors.length && summary && !summary.contains(document.activeElement)) summary.remove();
    return errors.map(([id, text]) => {
      const field = document.getElementById(id);
      const label = form.querySelector(`label[for="${CSS.escape(id)}"]`);
      if (field && field !== document.activeElement && !document.getElementById(`${id}-error`)) {
        const note = document.createElement("span");
        note.className = "error";
        note.id = `${id}-error`;
        note.append(document.createElement("span"));
        note.firstChild.textContent = text;
        if (field.closest("td, th")) field.after(note);
        else (field.closest(".amount-unit") ?? field).before(note);
        field.setAttribute("aria-invalid", "true");
        describe(field, note.id, true);
      }
      return label?.textContent.trim() ?? text;
    });
  }
  function describe(field, id, add) {
    if (!field) return;
    const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
    if (add) ids.push(id);
    if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
    else field.removeAttribute("aria-describedby");
  }

  // ---- what a crash or a cut left behind ----
  function offer() {
    const now = JSON.stringify(fields());
    const newest = (a, b) => store.get(b).at - store.get(a).at;
    const [found] = store.all(mine).filter((each) => JSON.stringify(store.get(each)?.fields) !== now).sort(newest);
    store.drop((each) => each.startsWith(mine) && !found);
    if (!found) return;
    const kept = store.get(found);
    const forget = () => store.drop((each) => each === found);
    const block = kit.content.firstElementChild.cloneNode(true);
    block.className = "message message--warn";
    block.querySelector("[data-take]").addEventListener("click", () => {
      block.remove();
      take(kept);
      forget();
    });
    block.querySelector("[data-drop]").addEventListener("click", () => {
      block.remove();
      forget();
      line.focus?.();
      offer();
    });
    form.prepend(block);
    document.dispatchEvent(new CustomEvent("announce", { detail: block.querySelector("p").textContent }));
  }
  function take(kept) {
    const values = new Map();
    for (const [name, value] of kept.fields) values.set(name, [...(values.get(name) ?? []), value]);
    for (const name of values.keys()) {
      const add = form.querySelector(`[data-rows="${CSS.escape(name.split("-")[0])}"] [data-add-row] button`);
      for (let tries = 0; add && tries < 60 && !form.querySelector(`[name="${CSS.escape(name)}"]`); tries++) add.click();
    }
    for (const each of form.elements) {
      if (!each.name || ["csrf_token", "version", "shown"].includes(each.name) || ["file", "submit"].includes(each.type)) continue;
      const given = values.get(each.name) ?? [];
      if (["checkbox", "radio"].includes(each.type)) each.checked = given.includes(each.value);
      else if (given.length) each.value = given.shift();
      else if (!values.has(each.name) && each.matches("[data-rows] :not(select)")) each.value = ""; // a row that was taken away
    }
    if (version) version.value = kept.version; // saved by a colleague since: the server says so
    form.dispatchEvent(new Event("input"));
    touched();
  }

  // A page found again by « back » may show what the browser remembers of it: what is saved since then wins.
  if (version?.dataset.current) {
    if (version.value !== version.dataset.current) form.reset();
    version.value = version.dataset.current;
  }
  offer();

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("rows:changed", () => touched());
  form.addEventListener("focusout", () => { if (changed && !wait && !busy) schedule(100); });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(timer);
    if (navigator.onLine === false) {
      event.preventDefault(); // without a network the browser would leave the page for its own: stay, and say so
      changed = true;
      retry(words.offline);
      return;
    }
    if (busy && !resume) {
      event.preventDefault(); // one request at a time: the button acts as soon as the save is answered
      resume = event.submitter ?? form;
      setTimeout(() => busy?.abort(), 5000);
      return;
    }
    left = true;
    if (changed || pending) backUp();
    if (store.get(key)) store.set("draft-sent", key);
    delete form.dataset.dirty;
  });
  addEventListener("online", () => { if (wait) schedule(0); });
  addEventListener("visibilitychange", () => {
    if (changed) backUp();
    if (changed || pending) send();
  });
  addEventListener("beforeunload", () => { if (changed) { backUp(); send(); } });
  addEventListener("pageshow", (event) => { if (event.persisted && left) location.reload(); });
}
