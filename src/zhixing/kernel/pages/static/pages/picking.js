// Choosing rows for a batch deed: this page, or every row of the present filter.
function tell(form) {
  const boxes = [...form.querySelectorAll("tbody input[name=row]")];
  const picked = boxes.filter((box) => box.checked).length;
  const every = form.querySelector("[data-every]");
  if (picked < boxes.length) every.value = "";
  const bar = form.querySelector("[data-deeds]");
  if (!bar) return;
  bar.hidden = picked === 0;
  bar.querySelector("[data-picked]").textContent = Number(every.value ? form.dataset.count : picked).toLocaleString("zh-CN");
  const whole = bar.querySelector("[data-pick-every]");
  if (whole) whole.hidden = picked < boxes.length || Boolean(every.value);
  const head = form.querySelector("[data-pick-all]");
  head.checked = picked === boxes.length;
  head.indeterminate = picked > 0 && picked < boxes.length;
}

function pick(form, on) {
  for (const box of form.querySelectorAll("tbody input[name=row]")) box.checked = on;
  tell(form);
}

let last;
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-rows]");
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) pick(form, event.target.checked);
  if (event.target.matches("input[name=row]")) tell(form);
});
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-rows]");
  if (!form) return;
  if (event.target.closest("[data-pick-none]")) pick(form, false);
  if (event.target.closest("[data-pick-page]")) pick(form, true);
  if (event.target.closest("[data-pick-every]")) {
    form.querySelector("[data-every]").value = "1";
    tell(form);
  }
  if (event.target.matches("input[name=row]")) {
    const boxes = [...form.querySelectorAll("tbody input[name=row]")];
    const now = boxes.indexOf(event.target);
    const from = boxes.indexOf(last);
    if (event.shiftKey && from >= 0) {
      for (const box of boxes.slice(Math.min(from, now), Math.max(from, now) + 1)) box.checked = event.target.checked;
      tell(form);
    }
    last = event.target;
  }
});
