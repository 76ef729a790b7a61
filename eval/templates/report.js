// Shows the questions that a filter, a kind and a search word leave; without it every question is shown.
const cases = [...document.querySelectorAll("details.case")];
const buttons = [...document.querySelectorAll("[data-filter]")];
const kind = document.getElementById("kind");
const words = document.getElementById("words");
const shown = document.getElementById("shown");
let filter = "";

function update() {
  const wanted = words.value.trim().toLowerCase();
  let count = 0;
  for (const one of cases) {
    const hit = (!filter || one.dataset.tags.split(" ").includes(filter))
      && (!kind.value || one.dataset.kind === kind.value)
      && (!wanted || one.dataset.words.includes(wanted));
    one.hidden = !hit;
    count += hit;
  }
  shown.textContent = `${count} of ${cases.length} questions`;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
}

for (const button of buttons) button.addEventListener("click", () => { filter = button.dataset.filter; update(); });
kind.addEventListener("change", update);
words.addEventListener("input", update);

function reveal() {
  const one = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (one?.matches("details.case")) { filter = ""; kind.value = ""; words.value = ""; update(); one.open = true; one.scrollIntoView(); }
}
addEventListener("hashchange", reveal);
update();
reveal();
