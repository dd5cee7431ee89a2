// Filters ask again when they change: one event, one request (the form listens to "asking" only).
let pause;

function ask(form) {
  clearTimeout(pause);
  window.htmx.trigger(form, "asking");
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-asking]");
  if (form && event.target.matches("[data-ask-soon]") && !event.isComposing) {
    clearTimeout(pause);
    pause = setTimeout(() => ask(form), 300);
  }
});
document.addEventListener("compositionend", (event) => {
  if (event.target.matches("[data-ask-soon]")) event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-asking]");
  if (form && event.target.matches("[data-ask-now]")) ask(form);
  if (event.target.matches("[data-size]")) window.location.assign(event.target.value);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-asking]")) {
    event.preventDefault();
    ask(event.target);
  }
});
document.addEventListener("combo:chosen", (event) => {
  const form = event.target.closest("[data-asking]");
  if (form) ask(form);
});

// Blank controls stay out of the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.matches("[data-asking]")) return;
  for (const [name, value] of Object.entries(event.detail.parameters)) {
    if (value === "") delete event.detail.parameters[name];
  }
});

// The swap replaces the form: the reader goes on typing where he was.
let typing;
document.addEventListener("htmx:beforeSwap", (event) => {
  const now = document.activeElement;
  typing = event.detail.target.id === "listing" && now?.id ? { id: now.id, at: now.selectionStart, value: now.value } : null;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "listing" || !typing) return;
  const again = document.getElementById(typing.id);
  if (again) {
    again.value = typing.value;
    again.focus();
    if (typing.at !== null) again.setSelectionRange(typing.at, typing.at);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-columns-apply]");
  if (!button) return;
  const chosen = [...button.closest(".sheet").querySelectorAll("[data-columns] input:checked")].map((box) => box.value);
  const address = new URL(window.location.href);
  address.searchParams.delete("cols");
  if (chosen.length) address.searchParams.set("cols", chosen.join(","));
  window.location.assign(address);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ask-open]");
  if (button) button.setAttribute("aria-expanded", String(button.form.classList.toggle("asking-open")));
});
