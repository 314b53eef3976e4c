/* The two disclosures of the header close with Escape and when focus or a click goes elsewhere. */
const menus = document.querySelectorAll(".menu, .account");
for (const menu of menus) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  // A link inside takes focus before it is followed: wait for where focus lands.
  menu.addEventListener("focusout", () => setTimeout(() => {
    if (!menu.contains(document.activeElement) && document.activeElement !== document.body) menu.open = false;
  }));
}
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
