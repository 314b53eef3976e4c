/* Choosing a filter, typing, sorting or turning a page replaces the results in place; any failure is an ordinary visit. */
const form = document.querySelector("form[data-filters]");
if (form) {
  const here = () => location.pathname + location.search;
  const status = document.createElement("p");
  status.className = "note";
  status.setAttribute("role", "status");
  form.append(status);
  let shown = here();
  let current, timer;
  let typing = false;

  function address() {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    return location.pathname + (query.size ? `?${query}` : "");
  }

  async function load(url, { push = true, top = false, replace = false } = {}) {
    clearTimeout(timer);
    if (url === shown) return;
    current?.abort();
    const mine = (current = new AbortController());
    const slow = setTimeout(() => {
      status.textContent = form.dataset.filters;
      for (const each of document.querySelectorAll("[data-region]")) each.setAttribute("aria-busy", "true");
    }, 300);
    try {
      const answer = await fetch(url, { signal: mine.signal });
      if (!answer.ok || new URL(answer.url).pathname !== location.pathname) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!fresh.querySelector("form[data-filters]")) throw new Error("another page");
      if (mine.signal.aborted) return;
      shown = url;
      if (push) history[replace ? "replaceState" : "pushState"](null, "", url);
      show(fresh, top);
    } catch {
      if (!mine.signal.aborted) location.assign(url);
    } finally {
      clearTimeout(slow);
      if (current === mine) {
        status.textContent = "";
        for (const each of document.querySelectorAll("[data-region]")) each.removeAttribute("aria-busy");
      }
    }
  }

  function show(fresh, top) {
    document.title = fresh.title;
    const held = document.activeElement;
    const mark = held?.closest("[data-region]") && (held.id ? `[id="${held.id}"]` : held.name ? `[name="${held.name}"][value="${CSS.escape(held.value)}"]` : "");
    const words = held?.textContent;
    for (const region of document.querySelectorAll("[data-region]")) {
      const twin = fresh.querySelector(`[data-region="${region.dataset.region}"]`);
      if (!twin) continue;
      const open = new Map([...region.querySelectorAll("details")].map((each) => [each.firstElementChild?.textContent, each.open]));
      region.replaceChildren(...document.importNode(twin, true).childNodes);
      for (const each of region.querySelectorAll("details")) each.open = open.get(each.firstElementChild?.textContent) ?? each.open;
    }
    sync(fresh.querySelector("form[data-filters]"));
    const title = document.querySelector("[data-announce]");
    if (top) title?.scrollIntoView();
    if (held && !held.isConnected) {
      const same = mark ? document.querySelector(`[data-region] ${mark}`) : [...document.querySelectorAll("[data-region] a")].find((each) => each.textContent === words);
      const next = (!top && same) || title;
      if (next === title) title?.setAttribute("tabindex", "-1");
      next?.focus({ preventScroll: true });
    }
    if (title) document.dispatchEvent(new CustomEvent("announce", { detail: title.textContent.trim() }));
  }

  // What stands outside the replaced parts follows the address too, except the field one types in.
  function sync(twin) {
    for (const each of form.querySelectorAll("input[type=hidden]")) if (!each.closest("[data-region]")) each.remove();
    for (const each of twin.querySelectorAll("input[type=hidden]")) if (!each.closest("[data-region]")) form.append(document.importNode(each));
    for (const each of form.elements) {
      if (!each.name || each === document.activeElement || each.closest("[data-region]")) continue;
      const [same] = [...twin.elements].filter((other) => other.name === each.name && (each.type !== "checkbox" || other.value === each.value));
      if (!same) continue;
      if (each.type === "checkbox" || each.type === "radio") each.checked = same.checked;
      else each.value = same.value;
    }
  }

  form.addEventListener("input", ({ target }) => {
    clearTimeout(timer);
    if (!target.matches("input:not([type=checkbox], [type=radio])")) return;
    timer = setTimeout(() => {
      load(address(), { replace: typing });
      typing = true;
    }, 300);
  });
  form.addEventListener("change", ({ target }) => {
    if (!target.matches("select, [type=checkbox], [type=radio]")) return;
    typing = false;
    load(address());
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    typing = false;
    load(address());
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-region] a[href]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target || link.hash) return;
    if (link.origin !== location.origin || link.pathname !== location.pathname) return;
    event.preventDefault();
    typing = false;
    load(link.pathname + link.search, { top: Boolean(link.closest(".pagination")) });
  });
  addEventListener("popstate", () => load(here(), { push: false }));
}
