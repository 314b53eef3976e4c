/* Rows of a table of fields are added and removed in place, and the sums follow, exact to the cent. */
const AMOUNT = /^\d{1,12}([.,]\d{1,2})?$/;
const SPACES = /[\s\u00a0\u202f€]/g;
function cents(text) {
  const bare = text.replace(SPACES, "");
  if (!AMOUNT.test(bare)) return 0n;
  const [whole, part = ""] = bare.split(/[.,]/);
  return BigInt(whole) * 100n + BigInt(part.padEnd(2, "0"));
}
function euros(amount) {
  const [whole, part] = [amount / 100n, amount % 100n];
  return `${String(whole).replace(/\B(?=(\d{3})+$)/g, "\u202f")},${String(part).padStart(2, "0")}\u202f€`;
}
function sum(form, names) {
  let total = 0n;
  for (const name of names.split(" "))
    for (const each of form.querySelectorAll(`[name="${name}"], [name^="${name}-"].amount`)) total += cents(each.value);
  return total;
}
function addUp(form) {
  const balance = form?.querySelector("[data-balance]");
  if (!balance) return;
  const words = balance.dataset;
  for (const place of form.querySelectorAll("[data-total]")) place.textContent = euros(sum(form, words[place.dataset.total]));
  const gap = sum(form, words.cost) - sum(form, words.funding);
  const line = balance.querySelector(".balance > :first-child");
  if (!line) return; // an estimate balances nothing
  line.className = gap ? "error" : "status status--ok status--full";
  line.textContent = (gap > 0n ? words.missing : gap ? words.excess : words.even).replace("{amount}", euros(gap < 0n ? -gap : gap));
}
document.addEventListener("input", ({ target }) => { if (target.matches?.(".amount")) addUp(target.form); });

for (const block of document.querySelectorAll("[data-rows]")) {
  const name = block.dataset.rows;
  const kit = document.querySelector(`template[data-row="${name}"]`);
  const add = block.querySelector("[data-add-row] button");
  const body = block.querySelector("tbody");
  if (!kit || !body) continue;
  const form = block.closest("form");
  const model = kit.content.querySelector("tr");
  const words = kit.dataset;
  model.setAttribute("role", "row");
  const rows = () => [...body.children].filter((each) => !each.matches("[data-removed-row]"));
  const say = (text, n) => document.dispatchEvent(new CustomEvent("announce", { detail: text.replace("{n}", n) }));
  const first = (row) => row?.querySelector("input, select, textarea");

  // Only the script removes a row: the cell of its button comes with it.
  for (const line of block.querySelectorAll("thead tr, tfoot tr")) {
    line.append(document.createElement("td"));
    line.lastChild.setAttribute("role", "cell");
  }
  for (const row of rows()) row.append(model.lastElementChild.cloneNode(true));

  function number() {
    const texts = [...model.querySelectorAll("label, .visually-hidden")].map((each) => each.firstChild.nodeValue);
    rows().forEach((row, place) => {
      for (const each of row.querySelectorAll("[id], [name], [for], [aria-describedby]"))
        for (const attribute of ["id", "name", "for", "aria-describedby"]) {
          const value = each.getAttribute(attribute);
          if (value) each.setAttribute(attribute, value.replace(new RegExp(`\\b${name}-(\\d+|__n__)-`, "g"), `${name}-${place}-`));
        }
      row.querySelectorAll("label, .visually-hidden").forEach((each, rank) => {
        if (texts[rank]?.includes("{n}")) each.firstChild.nodeValue = texts[rank].replace("{n}", place + 1);
      });
    });
  }
  number(); // the buttons just added say which row they remove
  function changed() {
    number();
    addUp(form);
    form.dispatchEvent(new CustomEvent("rows:changed"));
    if ("unsaved" in form.dataset) form.dataset.dirty = "";
    if (add) add.hidden = rows().length >= Number(words.most);
  }
  const settle = () => body.querySelector("[data-removed-row]")?.remove();

  add?.addEventListener("click", (event) => {
    event.preventDefault();
    settle();
    body.append(model.cloneNode(true));
    changed();
    first(rows().at(-1)).focus();
    say(words.added, rows().length);
  });
  // What was just done stands as a row, with the button that undoes it.
  function offer(text, back) {
    const line = document.createElement("tr");
    line.dataset.removedRow = "";
    line.setAttribute("role", "row");
    const cell = line.insertCell();
    cell.colSpan = model.cells.length;
    cell.setAttribute("role", "cell");
    cell.append(text, " ");
    if (back) {
      const undo = document.createElement("button");
      Object.assign(undo, { type: "button", className: "button button--link", textContent: words.undo });
      cell.append(undo);
      undo.addEventListener("click", () => {
        back(line);
        changed();
      });
    }
    return line;
  }
  body.addEventListener("click", (event) => {
    if (!event.target.closest("[data-remove-row]")) return;
    settle();
    const row = event.target.closest("tr");
    const place = rows().indexOf(row);
    row.replaceWith(offer(words.removed.replace("{n}", place + 1), (line) => {
      line.replaceWith(row);
      first(row).focus();
      say(words.restored, place + 1);
    }));
    changed();
    (first(rows()[Math.max(place - 1, 0)]) ?? add)?.focus();
    say(words.removed, place + 1);
  });

  // Cells of a spreadsheet: the server reads them, the first rows with room from here on take them, nothing written is lost.
  const fields = (row) => [...row.querySelectorAll("input, select, textarea")];
  const named = (row, key) => row.querySelector(`[name$="-${key}"]`);
  body.addEventListener("paste", async (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!words.copied || !/\t|\n./.test(text)) return;
    event.preventDefault();
    const row = event.target.closest("tr");
    let answer = { message: words.offline };
    try {
      const given = new URLSearchParams({ text, part: words.copied, csrf_token: form.querySelector("[name=csrf_token]").value });
      answer = await (await fetch(`${location.pathname}/tableur`, { method: "POST", body: given, headers: { Accept: "application/json" } })).json();
    } catch { /* said below */ }
    settle();
    const before = rows().map((each) => [each, fields(each).map((field) => field.value)]);
    let place = rows().indexOf(row);
    for (const given of answer.rows ?? []) {
      const room = (each) => Object.keys(given).every((key) => named(each, key).type.startsWith("select") || !given[key] || !named(each, key).value);
      let into = rows().slice(place).find(room);
      if (!into) body.append(into = model.cloneNode(true));
      for (const key in given) if (given[key]) named(into, key).value = given[key];
      place = rows().indexOf(into) + 1;
    }
    function back() {
      body.replaceChildren(...before.map(([each]) => each));
      for (const [each, values] of before) fields(each).forEach((field, rank) => { field.value = values[rank]; });
      first(row)?.focus();
    }
    if (rows().length > words.most) {
      back();
      answer = { message: words.full };
    }
    body.append(offer(answer.message, answer.rows && back));
    changed();
    say(answer.message);
  });
}
