// A request that a newer one replaced, or whose page was left, is no error: htmx is not to log it as one.
// It logs an aborted request as two, "htmx:afterRequest" and "htmx:sendAbort". The first of them stands before every
// failure, whose own event ("htmx:sendError", "htmx:timeout") is logged after it: nothing that went wrong is hidden.
const HARMLESS = new Set(["htmx:afterRequest", "htmx:sendAbort"]);

window.htmx.logger = (_element, name, detail) => {
  if (HARMLESS.has(name)) delete detail.error; // asked before htmx looks at it
};
