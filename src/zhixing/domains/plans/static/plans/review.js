// Source and tree: what is chosen on one side is shown on the other; a dialog that changed the tree closes itself.
const review = document.querySelector("[data-review]");

function light(from, to) {
  for (const line of review.querySelectorAll(".source li")) {
    const at = Number(line.dataset.at);
    line.classList.toggle("is-lit", Boolean(from) && at >= from && at <= to);
  }
}

function choose(node, scroll) {
  for (const other of review.querySelectorAll(".node-line.is-lit")) other.classList.remove("is-lit");
  node.querySelector("[data-node]").classList.add("is-lit");
  const from = Number(node.dataset.from);
  light(from, Number(node.dataset.to) || from);
  if (scroll) document.getElementById(`line-${from}`)?.scrollIntoView({ block: "center" });
}

review?.addEventListener("click", (event) => {
  if (event.target.closest("a, button, summary, form")) return;
  const node = event.target.closest(".node");
  const line = event.target.closest(".source li");
  if (node) choose(node, true);
  if (line) {
    const at = Number(line.dataset.at);
    const nodes = [...review.querySelectorAll(".node")].filter((one) => Number(one.dataset.from) <= at && at <= Number(one.dataset.to));
    const inner = nodes.at(-1);
    if (inner) {
      choose(inner, false);
      inner.scrollIntoView({ block: "center" });
    }
  }
});
review?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-node]")) choose(event.target.closest(".node"), true);
});
// One menu at a time; choosing something in it closes it.
document.addEventListener("click", (event) => {
  const mine = event.target.closest(".node-menu");
  for (const menu of document.querySelectorAll(".node-menu[open]")) {
    if (menu !== mine || event.target.closest("a")) menu.removeAttribute("open");
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (link) light(Number(link.dataset.line), Number(link.dataset.line));
  if (event.target.closest("a[data-close-dialog]") && event.target.closest("dialog")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "tree") document.getElementById("dialog").close();
});
