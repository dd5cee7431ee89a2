// A box that offers choices from an address as one types (role=combobox); the hidden input keeps the value.
let count = 0;

// The choices at an address; nothing where the page was left meanwhile or the network failed.
async function offered(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    return answer.ok ? (await answer.json()).options : null;
  } catch {
    return null;
  }
}

export function wakeCombos(root) {
  for (const combo of root.querySelectorAll?.("[data-combo]") ?? []) {
    if (!combo.dataset.awake) wakeOne(combo);
  }
}

function wakeOne(combo) {
  combo.dataset.awake = "1";
  const [kept, box] = [combo.querySelector("input[type=hidden]"), combo.querySelector("[role=combobox]")];
  const list = document.createElement("ul");
  list.className = "combo-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.getAttribute("aria-label") ?? box.labels?.[0]?.textContent ?? "可选项");
  list.id = `combo-${(count += 1)}`;
  list.hidden = true;
  combo.append(list);
  box.setAttribute("aria-controls", list.id);
  let shown = box.value;
  let asked = 0;
  let pause;

  function close() {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function choose(value, label) {
    const changed = kept.value !== value;
    [kept.value, box.value, shown] = [value, label, label];
    close();
    if (changed) combo.dispatchEvent(new CustomEvent("combo:chosen", { bubbles: true }));
  }

  async function load(words) {
    const turn = (asked += 1);
    const address = new URL(combo.dataset.source, window.location.href);
    if (words) address.searchParams.set("q", words);
    const options = await offered(address);
    if (!options || turn !== asked) return;
    list.replaceChildren(...options.map(({ value, label }, index) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.id = `${list.id}-${index}`;
      item.dataset.value = value;
      item.textContent = label;
      return item;
    }));
    if (!options.length) {
      const none = document.createElement("li");
      none.className = "combo-none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = "没有可选的项";
      list.append(none);
    }
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  }

  box.addEventListener("focus", () => box.select());
  box.addEventListener("click", () => list.hidden && load(""));
  box.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => load(box.value.trim()), 200);
  });
  box.addEventListener("blur", () => setTimeout(() => {
    if (box.value.trim() === "") choose("", "");
    else box.value = shown;
    close();
  }, 150));
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("[data-value]");
    event.preventDefault();
    if (item) choose(item.dataset.value, item.textContent);
  });
  box.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll("[data-value]")];
    const now = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { load(""); return; }
      const next = items[(now + (event.key === "ArrowDown" ? 1 : items.length - 1)) % Math.max(items.length, 1)];
      items.forEach((item) => item.setAttribute("aria-selected", String(item === next)));
      if (next) box.setAttribute("aria-activedescendant", next.id);
      next?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      const item = items[now] ?? items[0];
      if (item) choose(item.dataset.value, item.textContent);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
}
