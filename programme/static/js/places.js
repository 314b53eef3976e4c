/* A place is found by a few letters, in an editable combobox as the ARIA practices describe it; what is typed by hand stays. */
let list, timer;
const part = (input, name) => document.getElementById(input.id.replace(/name$/, name));

function close(input) {
  clearTimeout(timer);
  list?.remove();
  list = null;
  input.ariaExpanded = "false";
  input.removeAttribute("aria-activedescendant");
}

function mark(input, option) {
  for (const each of list.children) each.ariaSelected = each === option;
  option?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option?.id ?? "");
}

function choose(input, { place }) {
  close(input);
  for (const name of ["level", "code", "name"]) {
    const field = part(input, name);
    if (!field) continue;
    field.value = place[name];
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

async function look(input) {
  const asked = input.value;
  const answer = await fetch(`/territoires?${new URLSearchParams({ q: asked, echelle: input.dataset.places })}`).catch(() => {});
  if (!answer?.ok || asked !== input.value || input !== document.activeElement) return;
  const found = await answer.json();
  close(input);
  if (!found.length) return;
  list = document.createElement("ul");
  list.className = "places";
  list.id = `${input.id}-list`;
  list.role = "listbox";
  list.ariaLabel = input.labels[0].textContent;
  list.append(...found.map((place, at) => {
    const option = document.createElement("li");
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = `${place.code}, ${place.note}`;
    option.append(place.name, " ", note);
    return Object.assign(option, { id: `${list.id}-${at}`, role: "option", ariaSelected: "false", place });
  }));
  input.after(list);
  input.setAttribute("aria-controls", list.id);
  input.ariaExpanded = "true";
  document.dispatchEvent(new CustomEvent("announce", { detail: input.dataset.found.replace("{n}", found.length) }));
}

for (const input of document.querySelectorAll("[data-places]")) {
  input.role = "combobox";
  input.setAttribute("aria-autocomplete", "list");
  close(input);
  input.addEventListener("input", ({ isTrusted }) => {
    if (!isTrusted) return;
    close(input);
    if (input.value.trim().length > 1) timer = setTimeout(look, 150, input);
  });
  input.addEventListener("blur", () => close(input));
  input.addEventListener("keydown", (event) => {
    if (!list) return;
    const all = [...list.children];
    const at = all.findIndex((each) => each.ariaSelected === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(input, all[(at + step + (at < 0 && step < 0) + all.length) % all.length]);
    else if (event.key === "Enter" && at >= 0) choose(input, all[at]);
    else if (event.key === "Escape") close(input);
    else return;
    event.preventDefault();
  });
  // Before the field loses the focus, so that the list is still there.
  input.parentElement.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    choose(input, option);
  });
}
