/* What changes without a reload is said in one polite region; what a script replaces is put away. */
const page = document.getElementById("content");
const region = document.createElement("p");
region.className = "visually-hidden";
region.setAttribute("role", "status");
page?.append(region);
document.addEventListener("announce", ({ detail }) => {
  region.textContent = "";
  setTimeout(() => { region.textContent = detail; }, 60);
});
document.documentElement.dataset.script = "";
