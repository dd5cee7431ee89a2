// Importing: files dropped onto the page, selects that filter at once, the dialog closed when its deed is done.
for (const form of document.querySelectorAll("[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const shown = form.querySelector("[data-drop-name]");
  const tell = () => { shown.textContent = input.files[0] ? `已选择：${input.files[0].name}` : ""; };
  input.addEventListener("change", tell);
  tell(); // chosen before this ran, or kept by the browser on the way back
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("drop-over"); });
  }
  for (const kind of ["dragleave", "drop"]) {
    form.addEventListener(kind, (event) => { event.preventDefault(); form.classList.remove("drop-over"); });
  }
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    tell();
  });
  form.addEventListener("submit", () => {
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    button.textContent = "正在上传…";
  });
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

document.body.addEventListener("sheetsdone", () => document.getElementById("dialog")?.close());

// One deed at a time: while one is under way the rows take no other, so that neither answer is lost.
const isDeed = (event) => event.detail.requestConfig?.verb === "post";
const rows = () => document.getElementById("batch");
document.addEventListener("htmx:beforeRequest", (event) => { if (isDeed(event)) rows()?.setAttribute("inert", ""); });
document.addEventListener("htmx:afterRequest", (event) => { if (isDeed(event)) rows()?.removeAttribute("inert"); });
