/* A form with changes that are not saved asks before the page is left. */
const GUARDED = "form[data-unsaved]";
for (const form of document.querySelectorAll(GUARDED)) if (form.querySelector("#error-summary")) form.dataset.dirty = "";
document.addEventListener("input", ({ target }) => {
  const form = target.closest?.(GUARDED);
  if (form && target.name) form.dataset.dirty = "";
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) delete event.target.dataset.dirty;
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-dirty]")) event.preventDefault();
});
