/* « Chercher » asks the registry without a reload: what is empty is filled in, what was typed stays; any failure is said. */
for (const button of document.querySelectorAll("[data-look-up]")) {
  const form = button.form;
  const place = document.getElementById("registre");
  const siret = form.elements.siret;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    // Enter in another field than the SIRET presses the first button of a form: it meant the last one.
    if (!event.detail && ![button, siret].includes(document.activeElement)) return form.requestSubmit([...form.querySelectorAll("[type=submit]")].pop());
    if (place.ariaBusy) return;
    place.ariaBusy = true;
    place.textContent = button.dataset.lookUp;
    try {
      const body = new FormData(form);
      body.set(button.name, button.value);
      const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(25000) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const wrong = document.createElement("p");
      wrong.className = "error";
      wrong.textContent = fresh.querySelector("#error-summary ul")?.textContent.trim();
      place.replaceChildren(...(wrong.textContent ? [wrong] : document.importNode(fresh.getElementById("registre"), true).childNodes));
      for (const field of form.elements) {
        const value = field.name && !field.value && fresh.getElementById(field.id)?.value;
        if (!value) continue;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    } catch {
      place.textContent = button.dataset.failed;
    }
    place.ariaBusy = null;
  });
}
