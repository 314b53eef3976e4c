/* Each piece is sent as soon as it is chosen, one after the other, with its progress; its row then shows what the server says. */
const kit = document.querySelector("template[data-upload-words]");
let queue = Promise.resolve();

if (kit) document.addEventListener("change", ({ target }) => {
  if (target.matches("input[type=file][data-upload]") && target.files.length) begin(target);
});

function begin(input) {
  const row = document.getElementById(input.dataset.upload);
  const [file] = input.files;
  const ending = file.name.match(/\.\w+$/)?.[0].toLowerCase();
  const kinds = input.accept.split(",");
  let panel = row.querySelector("[data-upload-panel]");
  panel?.remove();
  panel = kit.content.firstElementChild.cloneNode(true);
  (input.closest(".field, .row") ?? input).after(panel);
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const fail = (text, again) => {
    part("state").textContent = text.replace("{name}", file.name);
    part("state").className = "error";
    part("progress").hidden = true;
    part("cancel").hidden = true;
    part("again").hidden = !again;
    if (again && !panel.contains(document.activeElement)) part("again").focus();
  };
  part("again").addEventListener("click", () => begin(input));
  if (file.size > Number(kit.dataset.most)) return fail(kit.dataset.large);
  if (ending && input.accept && !kinds.includes(ending)) return fail(kit.dataset.kind);
  const words = (name, values = {}) => Object.entries({ name: file.name, ...values }).reduce((text, [key, value]) => text.replace(`{${key}}`, value), kit.dataset[name]);
  part("state").textContent = words("waiting");
  let stop;
  const cancelled = new Promise((resolve) => { stop = resolve; });
  part("cancel").addEventListener("click", () => {
    stop();
    panel.remove();
    input.value = "";
    input.focus();
    document.dispatchEvent(new CustomEvent("announce", { detail: words("cancelled") }));
  });
  queue = queue.then(() => panel.isConnected && send(input, row, panel, file, words, fail, cancelled));
}

function send(input, row, panel, file, words, fail, cancelled) {
  return new Promise((done) => {
    const form = input.form;
    const body = new FormData(form);
    for (const each of form.querySelectorAll("input[type=file]")) if (each !== input) body.delete(each.name);
    // Where the words save themselves, only the file travels: two saves of one text would contradict each other.
    if ("autosave" in form.dataset) for (const each of form.querySelectorAll("textarea, select, input:not([type=hidden], [type=file])")) body.delete(each.name);
    body.set("action", "keep");
    const request = new XMLHttpRequest();
    const bar = panel.querySelector("progress");
    const state = panel.querySelector("[data-state]");
    const percent = panel.querySelector("[data-percent]");
    cancelled.then(() => request.abort());
    state.textContent = words("sending");
    document.dispatchEvent(new CustomEvent("announce", { detail: words("sending") }));
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = Math.round((100 * event.loaded) / event.total);
      percent.textContent = `${bar.value}\u202f%`;
      if (bar.value === 100) state.textContent = words("checking");
    });
    request.addEventListener("loadend", done);
    request.addEventListener("error", () => fail(words("cut"), true));
    request.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const fresh = page.getElementById(row.id);
      if (!fresh) {
        if (request.status === 413) return fail(words("large"));
        return fail(words(new URL(request.responseURL).pathname === "/connexion" ? "session" : "server"), true);
      }
      const token = page.querySelector("input[name=csrf_token]")?.value;
      if (token) for (const each of document.querySelectorAll("input[name=csrf_token]")) each.value = token;
      const refusal = page.querySelector(".flashes .message--err");
      if (refusal) return fail(refusal.textContent.trim(), true);
      // Somebody who has gone on to another row is not called back.
      const here = row.contains(document.activeElement) || document.activeElement === document.body;
      row.replaceChildren(...document.importNode(fresh, true).childNodes);
      row.tabIndex = -1;
      if (here) row.focus();
      const bad = row.querySelector(".error");
      document.dispatchEvent(new CustomEvent("announce", { detail: bad ? bad.textContent.trim() : words("done") }));
    });
    request.open("POST", form.getAttribute("action") || location.href);
    request.send(body);
  });
}
