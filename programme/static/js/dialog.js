/* An open section that a link leads to becomes a dialog; lists get « select all » and their count; a password shows itself. */
for (const opener of document.querySelectorAll("[data-dialog]")) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog?.showModal) continue;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  if (dialog.querySelector("#error-summary")) dialog.showModal();
  for (const closer of dialog.querySelectorAll("[data-dialog-close]")) closer.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => opener.focus());
}

for (const form of document.querySelectorAll("form[data-selection]")) {
  const label = form.querySelector("[data-select-all]");
  const all = label?.querySelector("input");
  const places = [...form.querySelectorAll("[data-selected-count]")].map((each) => [each, each.textContent]);
  const boxes = () => [...form.querySelectorAll(".select input[type=checkbox][name]:not(:disabled)")];
  const count = () => {
    const chosen = boxes().filter((each) => each.checked).length;
    const { chosen: many, chosenOne: one } = document.getElementById("page-words").dataset;
    for (const [place, hint] of places) place.textContent = chosen ? (chosen > 1 ? many : one).replace("{n}", chosen) : hint;
    if (!all) return;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  if (label) label.hidden = false;
  form.addEventListener("change", ({ target }) => {
    if (target === all) for (const each of boxes()) each.checked = all.checked;
    count();
  });
  addEventListener("pageshow", count);
  count();
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const button of document.querySelectorAll("[data-show-password]")) {
  const field = document.getElementById(button.dataset.showPassword);
  if (!field) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
  field.form?.addEventListener("submit", () => { field.type = "password"; });
}
