// The frame: menu on a phone, dialogs, drop-downs, search by Ctrl+K.
const side = () => document.querySelector("[data-open-side]");

function showSide(open) {
  document.body.classList.toggle("side-open", open);
  side()?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#side a")?.focus();
}

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  if (on("[data-open-side]")) showSide(true);
  if (on("[data-close-side]")) showSide(false);
  if (on("[data-open-search]")) openSearch();
  if (on("[data-close-dialog]")) on("dialog")?.close();
  if (on("[data-close-reload]")) window.location.reload();
  if (on("[data-print]")) window.print();
  if (event.target.matches("dialog")) event.target.close();
  for (const drop of document.querySelectorAll("details.drop[open]")) {
    if (!drop.contains(event.target)) drop.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openSearch();
  } else if (event.key === "Escape") {
    showSide(false);
    for (const drop of document.querySelectorAll("details.drop[open]")) {
      drop.open = false;
      drop.querySelector("summary").focus();
    }
  }
});

// Dialogs open when a part was loaded into them.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "dialog-body") {
    const dialog = document.getElementById("dialog");
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("[data-focus], input:not([type=hidden]), textarea, select, button")?.focus();
  }
});

const REFUSALS = {
  0: "网络连接不上，请检查后再试。",
  503: "系统正在写入大量数据，请稍后再试；您填写的内容仍在页面上。",
};
document.addEventListener("htmx:responseError", (event) => say(
  REFUSALS[event.detail.xhr.status] ?? "系统没有完成这次操作，请稍后再试。"));
document.addEventListener("htmx:sendError", () => say("网络连接不上，请检查后再试。"));

function say(words) {
  const place = document.getElementById("message");
  if (!place) return;
  const line = document.createElement("p");
  line.className = "said said-fault";
  line.textContent = words;
  place.replaceChildren(line);
}

// Search: debounced, arrow keys choose, Enter opens.
let pause;
const hits = () => [...document.querySelectorAll("#search-found .hit")];

function openSearch() {
  const dialog = document.getElementById("search");
  if (dialog && !dialog.open) {
    dialog.showModal();
    dialog.querySelector("input").select();
  }
}

const box = document.querySelector("#search input[type=search]");
box?.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => window.htmx.trigger(box, "ask"), 180);
});
box?.addEventListener("keydown", (event) => {
  const found = hits();
  const now = found.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = found.at((now + (event.key === "ArrowDown" ? 1 : found.length - 1) + (now < 0 && event.key === "ArrowUp" ? 1 : 0)) % Math.max(found.length, 1));
    found.forEach((hit) => hit.setAttribute("aria-selected", String(hit === next)));
    if (next) box.setAttribute("aria-activedescendant", next.id);
    next?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && found.length) {
    event.preventDefault();
    (found[now] ?? found[0]).click();
  }
});

// The menu remembers which groups its reader keeps open.
const KEY = "places";
const kept = (() => {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
})();
for (const place of document.querySelectorAll(".place")) {
  const group = place.dataset.group;
  if (kept[group] && !place.open) place.open = true;
  place.addEventListener("toggle", () => {
    kept[group] = place.open;
    try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* private window: not remembered */ }
  });
}
