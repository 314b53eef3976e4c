/* What is to correct takes focus and its links lead into the fields; near the limit a text says what is left, and grows. */
const summary = document.getElementById("error-summary");
summary?.focus();
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  for (let each = field.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  (field.closest(".field, fieldset, td") ?? field).scrollIntoView({ block: "center" });
  if (field.tabIndex < 0) field.tabIndex = -1;
  field.focus({ preventScroll: true });
  history.replaceState(history.state, "", link.hash);
});

const words = document.getElementById("page-words")?.dataset;
function left(field) {
  const note = field.id && document.querySelector(`[data-counter-for="${CSS.escape(field.id)}"]`);
  if (!note || !words) return;
  const most = Number(note.dataset.max);
  const rest = most - field.value.length;
  note.dataset.hint ??= note.textContent;
  note.textContent = rest > most / 5 ? note.dataset.hint : (rest > 1 ? words.left : words.leftOne).replace("{n}", rest);
  note.classList.toggle("counter--over", rest <= 0);
  // Spoken at round steps near the limit, not at each key.
  if (rest <= most / 10 && (rest % 20 === 0 || rest === 5)) document.dispatchEvent(new CustomEvent("announce", { detail: note.textContent }));
}
function grow(field) {
  if (field.tagName === "TEXTAREA" && field.scrollHeight > field.clientHeight) field.style.blockSize = `${field.scrollHeight + 8}px`;
}
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("textarea, input")) return;
  left(target);
  grow(target);
});
for (const each of document.querySelectorAll("textarea")) grow(each);
