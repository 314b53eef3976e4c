/* Five minutes before a session ends, a dialog proposes to stay; with several tabs the latest renewal counts for all. */
const kit = document.getElementById("session-words");
const KEY = "session-ends";
const NOTICE = 3e5;
if (kit) {
  const dialog = kit.content.firstElementChild.cloneNode(true);
  const text = dialog.querySelector("p");
  const [stay, signIn] = [dialog.querySelector("[data-stay]"), dialog.querySelector("[data-sign-in]")];
  const whole = kit.dataset.whole * 1000;
  let ends = 0;
  let timer;
  page().append(dialog);

  function page() { return document.getElementById("content") ?? document.body; }
  function renew(left) {
    ends = Date.now() + left;
    try { localStorage.setItem(KEY, ends); } catch { /* forbidden: each tab for itself */ }
    plan();
  }
  function plan() {
    clearTimeout(timer);
    const left = ends - Date.now();
    if (left > NOTICE) {
      if (dialog.open) dialog.close();
      timer = setTimeout(plan, left - NOTICE);
    } else if (left > 0) {
      show(kit.dataset.soon.replace("{n}", Math.ceil(left / 6e4)), false);
      timer = setTimeout(plan, left);
    } else show(kit.dataset.over, true);
  }
  function show(words, over) {
    text.textContent = words;
    stay.hidden = over;
    signIn.hidden = !over;
    if (!dialog.open) dialog.showModal();
    else if (over) signIn.focus();
  }
  stay.addEventListener("click", async () => {
    try {
      const answer = await fetch(kit.dataset.href, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": document.querySelector("input[name=csrf_token]")?.value ?? "" },
      });
      if (answer.ok) renew((await answer.json()).seconds * 1000);
      else show(kit.dataset.over, true);
    } catch {
      text.textContent = kit.dataset.failed;
    }
  });
  signIn.addEventListener("click", () => dialog.close());
  addEventListener("storage", (event) => {
    if (event.key !== KEY || !(event.newValue > ends)) return;
    ends = Number(event.newValue);
    plan();
  });
  document.addEventListener("session:renewed", () => renew(whole));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) plan(); });
  renew(kit.dataset.seconds * 1000);
}
