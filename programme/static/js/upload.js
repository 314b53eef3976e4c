/* Each piece is sent as soon as it is chosen, one after the other, with its progress, a large one in parts: after a cut, the next
   part is the first one that did not come. Its row then shows what the server says. */
const kit = document.querySelector("template[data-upload-words]");
const PART = 524288;
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
  const words = (name) => kit.dataset[name].replace("{name}", file.name);
  part("state").textContent = words("waiting");
  let stop;
  const cancelled = new Promise((resolve) => { stop = resolve; });
  part("cancel").addEventListener("click", () => {
    panel.remove();
    stop();
    input.value = "";
    input.focus();
    announce(words("cancelled"));
  });
  queue = queue.then(() => panel.isConnected && send(input, row, panel, file, words, fail, cancelled)).catch(() => panel.isConnected && fail(words("cut"), true));
}

const announce = (detail) => document.dispatchEvent(new CustomEvent("announce", { detail }));

async function send(input, row, panel, file, words, fail, cancelled) {
  const form = input.form;
  const bar = panel.querySelector("progress");
  const state = panel.querySelector("[data-state]");
  const show = (share) => {
    bar.value = Math.round(100 * share);
    panel.querySelector("[data-percent]").textContent = `${bar.value}\u202f%`;
    state.textContent = words(bar.value === 100 ? "checking" : "sending");
  };
  const renew = (token) => { for (const each of document.querySelectorAll("input[name=csrf_token]")) each.value = token; };
  const post = (to, values, from, length) => new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ csrf_token: form.elements.csrf_token.value, ...values })) body.set(name, value);
    const request = new XMLHttpRequest();
    cancelled.then(() => request.abort());
    request.upload.addEventListener("progress", ({ loaded, total }) => show(Math.min((from + length * loaded / total) / file.size, 1)));
    for (const end of ["error", "abort"]) request.addEventListener(end, reject);
    request.addEventListener("load", () => resolve(request));
    request.open("POST", to);
    request.send(body);
  });
  const lost = ({ responseURL }) => fail(words(new URL(responseURL).pathname === "/connexion" ? "session" : "server"), true);
  state.textContent = words("sending");
  announce(words("sending"));
  const values = { action: "keep", [input.name]: file };
  if (file.size > PART) {
    // An empty part asks how far it went: what came before a cut is not sent again.
    for (let offset = 0, part = new Blob(), cuts = 0; ;) {
      let request;
      try {
        request = await post(input.dataset.parts, { name: file.name, size: file.size, stamp: file.lastModified, offset, part }, offset, part.size);
        cuts = 0;
      } catch (cut) {
        if (!panel.isConnected || ++cuts > 4) throw cut;
        part = new Blob();
        state.textContent = words("waits");
        await new Promise((resolve) => {
          setTimeout(resolve, 3000 * cuts);
          addEventListener("online", resolve, { once: true });
        });
        continue;
      }
      let answer;
      try { answer = JSON.parse(request.responseText); } catch { return lost(request); }
      if (answer.csrf) renew(answer.csrf);
      else if (request.status !== 200) return fail(answer.message, true);
      else {
        offset = answer.received;
        part = file.slice(offset, offset + PART);
        if (!part.size) {
          delete values[input.name];
          values[input.name.replace("file", "envoi")] = answer.envoi;
          break;
        }
      }
    }
  }
  for (const each of row.querySelectorAll("[type=date]")) values[each.name] = each.value;
  const request = await post(input.dataset.to ?? (form.getAttribute("action") || location.href), values, 0, file.size);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const fresh = page.getElementById(row.id);
  if (!fresh) return request.status === 413 ? fail(words("large")) : lost(request);
  const token = page.querySelector("input[name=csrf_token]")?.value;
  if (token) renew(token);
  const refusal = page.querySelector(".flashes .message--err");
  if (refusal) return fail(refusal.textContent.trim(), true);
  // Somebody who has gone on to another row is not called back.
  const here = row.contains(document.activeElement) || document.activeElement === document.body;
  row.replaceChildren(...document.importNode(fresh, true).childNodes);
  row.tabIndex = -1;
  if (here) row.focus();
  const bad = row.querySelector(".error");
  announce(bad ? bad.textContent.trim() : words("done"));
}
