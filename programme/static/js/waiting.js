/* A part of the page that waits for the worker is asked for again, until it waits no more: nobody has to reload. */
for (const part of document.querySelectorAll("[data-waiting]")) look(part, 0);

function look(part, turn) {
  setTimeout(async () => {
    let page, fresh;
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href);
        page = new DOMParser().parseFromString(await answer.text(), "text/html");
        fresh = page.getElementById(part.id);
        if (answer.ok && !fresh) return; // another page answers: signed out, for one
      } catch { /* no network: at the next turn */ }
    }
    if (fresh) renew(part, fresh);
    if (!fresh || "waiting" in fresh.dataset) return look(part, document.hidden ? turn : turn + 1);
    for (const region of document.querySelectorAll("[data-region]")) { // the list beside it has changed too
      const twin = page.querySelector(`[data-region="${region.dataset.region}"]`);
      if (twin) renew(region, twin);
    }
    document.dispatchEvent(new CustomEvent("announce", { detail: part.dataset.waiting }));
  }, Math.min(2000 * 1.25 ** turn, 30000));
}

function renew(part, fresh) {
  if (fresh.innerHTML === part.innerHTML) return;
  const held = part.contains(document.activeElement) && document.activeElement.textContent;
  part.replaceChildren(...document.importNode(fresh, true).childNodes);
  if (held) [...part.querySelectorAll("a, button")].find((each) => each.textContent === held)?.focus();
}
