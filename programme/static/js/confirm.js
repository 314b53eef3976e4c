/* An act without return asks in a dialog with its consequence in words; a second press on any button of a form is ignored. */
const kit = document.getElementById("page-words");
const RELEASE = 15000; // a file was downloaded, or the network is gone: the button answers again

function ask(form, button, consequence) {
  const dialog = kit.content.firstElementChild.cloneNode(true);
  const label = button?.dataset.confirmLabel || button?.textContent.trim();
  dialog.querySelector("h2").textContent = label;
  dialog.querySelector("p").textContent = consequence;
  dialog.querySelector("[value=yes]").textContent = label;
  dialog.addEventListener("close", () => {
    dialog.remove();
    button?.focus();
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "";
    form.requestSubmit(button);
  });
  document.body.append(dialog);
  dialog.showModal();
}

function release(form, button, label) {
  delete form.dataset.sending;
  if (!button) return;
  button.replaceChildren(...label);
  button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (event.defaultPrevented || form.getAttribute("method") !== "post" || !kit) return;
  if ("sending" in form.dataset) return event.preventDefault();
  const consequence = button?.dataset.confirm ?? form.dataset.confirm;
  if (consequence && !("confirmed" in form.dataset) && !form.querySelector("[required]:invalid")) { // else the answer says what lacks
    event.preventDefault();
    return ask(form, button, consequence);
  }
  delete form.dataset.confirmed;
  form.dataset.sending = "";
  const label = button ? [...button.childNodes] : [];
  setTimeout(() => {
    button?.replaceChildren(kit.dataset.sending);
    button?.setAttribute("aria-disabled", "true");
  });
  const free = () => release(form, button, label);
  setTimeout(free, RELEASE);
  addEventListener("pageshow", free, { once: true });
});
