// Writing a rule: columns and functions go into the condition at the cursor; the list of columns can be searched.
document.addEventListener("click", (event) => {
  const word = event.target.closest("[data-insert]");
  const place = document.querySelector("textarea[name=condition]");
  if (!word || !place) return;
  const text = word.dataset.insert;
  if (word.hasAttribute("data-replace")) place.value = text;
  else place.setRangeText(text, place.selectionStart, place.selectionEnd, "end");
  place.focus();
  place.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  const list = event.target.dataset?.findWord && document.querySelector(event.target.dataset.findWord);
  if (!list) return;
  const sought = event.target.value.trim().toLowerCase();
  for (const item of list.children) item.hidden = !item.dataset.word.toLowerCase().includes(sought);
});
