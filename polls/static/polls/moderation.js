/* The keys of the moderators' queue, where the next case is, and counts that stay fresh. Every act
   is a plain form: without this page's script all of it is still there. */
(() => {
  "use strict";

  const REFRESH = 30_000; // ms between two looks at the counts, while somebody looks at the page
  const OFF = "queue-keys-off";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const cases = () => all("#cases .case");
  const here = () => document.activeElement?.closest?.(".case");
  const store = (() => {
    try {
      return window.localStorage;
    } catch {
      return {}; // storage is forbidden: the keys are on again after a reload
    }
  })();

  /* ---- keys: one letter each, so they can be turned off (WCAG 2.1.4) ---- */
  const isSeen = (place) => {
    const { top, bottom } = place.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
  };
  /* The first that begins on the screen, else the one that fills it. */
  const firstSeen = () => {
    const seen = cases().filter(isSeen);
    return seen.find((place) => place.getBoundingClientRect().top >= 0) ?? seen[0] ?? cases()[0];
  };
  /* The case that has the focus and can be seen: nothing is done to any other. */
  const marked = () => [here()].find((place) => place && isSeen(place));
  const go = (step) => {
    const places = cases();
    const place = marked();
    const next = place ? places[places.indexOf(place) + step] : firstSeen();
    next?.focus();
  };
  const press = (key) => {
    const place = marked();
    if (!place) return firstSeen()?.focus();
    if (one(`[data-panel="${key}"]`, place)) return close(place);
    const found = one(`[data-key="${key}"]`, place);
    if (found?.matches("select, textarea")) found.focus();
    else found?.click();
  };
  const decided = []; // rows of what was just done, the latest last
  const undo = () => {
    const row = decided.filter((row) => row.isConnected).at(-1);
    const found = row ? one('[data-key="u"]', row) : one('#queue [data-key="u"]');
    found?.click();
  };
  const help = () => {
    const box = one("#keys");
    box.open = !box.open;
    one("summary", box).focus();
  };

  /* ---- many at once ---- */
  const ticks = () => all('#cases [name="chosen"]');
  const tell = () => {
    const count = ticks().filter((tick) => tick.checked).length;
    const place = one("#ticked");
    if (place) place.textContent = count ? `(${count})` : "";
  };
  const tickAll = () => {
    const boxes = ticks();
    const isAll = boxes.every((tick) => tick.checked);
    for (const tick of boxes) tick.checked = !isAll;
    tell();
  };
  const toBar = () => one("#chosen-h")?.focus();
  document.addEventListener("change", tell);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#tick-all")) return;
    event.preventDefault();
    tickAll();
  });

  /* ---- what was opened below a case ---- */
  const close = (place) => {
    const panel = one("[data-panel]", place);
    const opener = one(`.further [data-key="${panel.dataset.panel}"]`, place);
    panel.remove();
    opener.focus();
  };
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-close]")?.closest(".case");
    if (!place) return;
    event.preventDefault();
    close(place);
  });
  /* First out of the field, and what was typed stays; then the panel goes. */
  const escape = (field) => {
    const place = here();
    if (!place) return;
    const panel = one("[data-panel]", place);
    if (isTyping(field)) (panel?.contains(field) ? one("h2", panel) : place).focus();
    else if (panel) close(place);
  };

  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    ...Object.fromEntries([..."tphslxrde"].map((key) => [key, () => press(key)])),
    a: tickAll,
    b: toBar,
    u: undo,
    "?": help,
  };
  const isTyping = (field) =>
    field.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") escape(event.target);
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
  /* The same case may come by two ways at once: by an undo, and because it waits. */
  const alone = (row) => {
    for (const other of row.id ? all(`#cases > [id="${row.id}"]`) : []) {
      if (other !== row) other.remove();
    }
  };
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    tell();
    if (!target.matches?.("#cases > li")) return;
    alone(target);
    const place = target.matches(".done-row") ? follow(target) : one(".case", target);
    place?.focus();
  });

  /* ---- counts; and, for who has nothing left, the cases that came meanwhile ---- */
  const refresh = () => {
    const tabs = one("#queue-tabs");
    if (tabs && !document.hidden) window.htmx?.trigger(tabs, "refresh");
  };
  setInterval(refresh, REFRESH);
  document.addEventListener("visibilitychange", refresh);
  document.addEventListener("htmx:configRequest", ({ target, detail }) => {
    if (target.id === "queue-tabs" && !cases().length) detail.parameters.empty = "1";
  });

  document.addEventListener("DOMContentLoaded", () => {
    tell();
    const box = one("#keys-on");
    box.checked = !store[OFF];
    box.addEventListener("change", () => {
      if (box.checked) delete store[OFF];
      else store[OFF] = "1";
    });
  });
})();
