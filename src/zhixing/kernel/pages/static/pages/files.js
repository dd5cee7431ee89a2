// Boxes for files speak Chinese whatever language the browser has: the native box stays, unseen, beneath our words.
export function wakeFiles(root) {
  for (const input of root.querySelectorAll?.("input[type=file].form-control") ?? []) {
    if (!input.dataset.awake) wakeOne(input);
  }
}

function wakeOne(input) {
  input.dataset.awake = "1";
  const [shown, button, names] = ["span", "span", "span"].map((kind) => document.createElement(kind));
  shown.className = "file-shown";
  shown.setAttribute("aria-hidden", "true"); // the native box tells the same to a screen reader
  button.className = "btn btn-sm";
  button.textContent = "选择文件";
  names.className = "file-names";
  shown.append(button, names);
  input.classList.add("file-native");
  input.after(shown);
  const tell = () => { names.textContent = [...input.files].map((file) => file.name).join("、") || "没有选择文件"; };
  input.addEventListener("change", tell);
  shown.addEventListener("click", () => input.click());
  tell();
}
