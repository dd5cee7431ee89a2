// Everything a page does by itself. Behaviour hangs on data-* attributes; nothing inline, nothing evaluated.
import "./aborts.js";
import "./shell.js";
import "./asking.js";
import "./picking.js";
import "./records.js";
import { wakeCombos } from "./combo.js";
import { wakeCharts } from "./charts.js";
import { wakeFiles } from "./files.js";

function wake(root) {
  wakeCombos(root);
  wakeCharts(root);
  wakeFiles(root);
}

wake(document);
document.addEventListener("htmx:load", (event) => wake(event.detail.elt));
