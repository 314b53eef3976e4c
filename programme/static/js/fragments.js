/* Pieces of a page that the server drew again go to their places; who else writes on a draft is asked while it is looked at. */
document.addEventListener("fragments", ({ detail }) => {
  for (const [id, html] of Object.entries(detail)) {
    const place = document.getElementById(id);
    const before = place?.textContent;
    if (place) place.innerHTML = html; // drawn by our own templates, escaped there
    if (html && id === "presence" && place?.textContent !== before) document.dispatchEvent(new CustomEvent("announce", { detail: place.textContent }));
  }
});
const { href } = document.getElementById("presence")?.dataset ?? {};
if (href) setInterval(async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(href, { headers: { Accept: "application/json" } });
    if (answer.ok) document.dispatchEvent(new CustomEvent("fragments", { detail: await answer.json() }));
  } catch { /* the next turn */ }
}, 2e4);
