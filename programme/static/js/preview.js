/* While a row of a call is written, what depends on it follows: what the applicant will see while one types
   (data-follow="typing"), and the settings of what is chosen in a list. The page is the server's own answer to the button
   that shows them, so that both show the same; any failure leaves the button. */
const form = document.querySelector("form[data-preview]");
if (form) {
  let current, timer;

  async function show(regions) {
    current?.abort();
    const mine = (current = new AbortController());
    const body = new FormData(form);
    body.set("action", "preview");
    try {
      const answer = await fetch(location.href, { method: "POST", body, signal: mine.signal });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const each of form.querySelectorAll(regions)) {
        const twin = fresh.getElementById(each.id);
        if (twin) each.replaceChildren(...document.importNode(twin, true).childNodes);
      }
    } catch {
      /* The button asks again. */
    }
  }

  const chooser = form.elements[form.dataset.preview];
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.target === chooser) show("[data-follow]");
    else if (form.querySelector("[data-follow=typing]")) timer = setTimeout(show, 500, "[data-follow=typing]");
  });
}
