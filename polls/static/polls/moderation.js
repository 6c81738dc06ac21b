/* The keys of the moderators' queue, where the next case is, and counts that stay fresh. Every act
   is a plain form: without this page's script all of it is still there. */
(() => {
  "use strict";

  const REFRESH = 30_000; // ms between two looks at the counts, while somebody looks at the page
  const OFF = "queue-keys-off";
  const one = (selector, root = document) => root.querySelector(selector);
  const cases = () => [...document.querySelectorAll("#cases .case")];
  const here = () => document.activeElement?.closest?.(".case");
  const store = (() => {
    try {
      return window.localStorage;
    } catch {
      return {}; // storage is forbidden: the keys are on again after a reload
    }
  })();

  /* ---- keys: one letter each, so they can be turned off (WCAG 2.1.4) ---- */
  const go = (step) => {
    const all = cases();
    const index = all.indexOf(here());
    const next = index < 0 ? all[0] : all[index + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const place = here() ?? cases()[0];
    const found = place && one(`[data-key="${key}"]`, place);
    if (found?.matches("select, textarea")) found.focus();
    else found?.click();
  };
  const decided = []; // rows of what was just done, the latest last
  const undo = () => {
    const rows = decided.filter((row) => row.isConnected);
    const row = rows.at(-1) ?? one("#cases .done-row");
    row?.querySelector('[data-key="u"]')?.click();
  };
  const help = () => {
    const box = one("#keys");
    box.open = !box.open;
    one("summary", box).focus();
  };
  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    ...Object.fromEntries([..."phslxrde"].map((key) => [key, () => press(key)])),
    u: undo,
    "?": help,
  };
  const isTyping = (field) =>
    field.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    const isOurs = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (!act || !isOurs || isTyping(event.target) || store[OFF]) return;
    event.preventDefault();
    act();
  });

  /* ---- after a decision: on to the next case; a case that came back is where one is ---- */
  const follow = (row) => {
    decided.push(row);
    let next = row.nextElementSibling;
    while (next && !one(".case", next)) next = next.nextElementSibling;
    return next ? one(".case", next) : (cases()[0] ?? one("#empty-h"));
  };
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!target.matches?.("#cases > li")) return;
    const place = target.matches(".done-row") ? follow(target) : one(".case", target);
    place?.focus();
  });

  /* ---- counts ---- */
  const refresh = () => {
    const tabs = one("#queue-tabs");
    if (tabs && !document.hidden) window.htmx?.trigger(tabs, "refresh");
  };
  setInterval(refresh, REFRESH);
  document.addEventListener("visibilitychange", refresh);

  document.addEventListener("DOMContentLoaded", () => {
    const box = one("#keys-on");
    box.checked = !store[OFF];
    box.addEventListener("change", () => {
      if (box.checked) delete store[OFF];
      else store[OFF] = "1";
    });
  });
})();
