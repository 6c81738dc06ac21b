/* What the pages do beyond forms and links. Everything works without it, only with more reloads. */
(() => {
  "use strict";

  const LATE = 400; // ms before "Saving…" shows: a quick answer needs no spinner
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => (id ? document.getElementById(id) : null);
  const on = (name, act) => document.addEventListener(name, act);
  const within = (selector, root) => [
    ...(root.matches?.(selector) ? [root] : []),
    ...all(selector, root),
  ];

  /* ---- counter: code points, as the server counts ---- */
  const count = (field) => {
    const slot = one(`[data-count-for="${field.id}"]`);
    if (!slot) return;
    const used = [...field.value].length;
    const over = used - field.dataset.most;
    const words = over > 0 ? slot.dataset.over : slot.dataset.count;
    const number = (over > 0 ? over : used).toLocaleString(document.documentElement.lang);
    slot.textContent = words.replace("{n}", number);
    slot.classList.toggle("error-text", over > 0);
  };

  /* ---- drafts: on this device, until the comment is posted ---- */
  const store = (() => {
    try {
      return window.sessionStorage;
    } catch {
      return {}; // storage is forbidden: the text stays in its field
    }
  })();
  const draft = (form) => `draft:${form.dataset.draft}`;
  const note = (form) => {
    const line = one("[data-draft-note]", form);
    if (line) line.hidden = !store[draft(form)];
  };
  const keep = (form) => {
    const text = form.elements.body.value;
    if (text.trim()) store[draft(form)] = text;
    else delete store[draft(form)];
    note(form);
  };
  const restore = (form) => {
    const field = form.elements.body;
    field.value ||= store[draft(form)] ?? "";
    note(form);
  };

  const prepare = (root) => {
    within("form[data-draft]", root).forEach(restore);
    within("[data-most]", root).forEach(count);
  };

  on("input", ({ target }) => {
    if (target.dataset?.most) count(target);
    if (target.name === "body" && target.form?.dataset.draft) keep(target.form);
  });

  on("keydown", (event) => {
    const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (!isSend || event.target.localName !== "textarea") return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });

  /* A plain post leaves the page: the one that answers it at a comment ends the draft. */
  on("submit", (event) => {
    const { target, submitter, defaultPrevented } = event;
    if (defaultPrevented || !target.dataset.draft || submitter?.value === "preview") return;
    store.sent = draft(target);
  });
  const endSent = () => {
    if (store.sent && /^#c\d+$/.test(location.hash)) delete store[store.sent];
    delete store.sent;
  };

  /* ---- a first act sent twice (a double click, a retry) is one reader's: see the middleware ---- */
  const FIRST = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  on("formdata", ({ target, formData }) => {
    if (target.method === "post") formData.set("first", FIRST);
  });

  /* ---- htmx: what is being saved, and what went wrong ---- */
  let opener = null;
  const was = new WeakMap(); // what a busy button said
  const pressedIn = ({ elt, requestConfig }) =>
    requestConfig.triggeringEvent?.submitter ?? (elt.matches("a, button") ? elt : null);
  const isTyping = ({ requestConfig }) => requestConfig.triggeringEvent?.type === "input";

  const showBusy = (pressed) => {
    pressed.setAttribute("aria-busy", "true");
    const spot = pressed.matches(".btn") ? pressed : one("small", pressed);
    const words = pressed.form?.dataset.saving ?? document.body.dataset.saving;
    if (!spot || !words || pressed.localName === "a") return;
    was.set(pressed, [spot, [...spot.childNodes]]);
    const spinner = document.createElement("span");
    spinner.className = "spin";
    spinner.setAttribute("aria-hidden", "true");
    spot.classList.add("busy");
    spot.replaceChildren(spinner, words);
  };
  const endBusy = (pressed) => {
    pressed.removeAttribute("aria-busy");
    if (!was.has(pressed)) return;
    const [spot, said] = was.get(pressed);
    spot.classList.remove("busy");
    spot.replaceChildren(...said);
    was.delete(pressed);
  };

  on("htmx:beforeRequest", ({ detail }) => {
    const pressed = pressedIn(detail);
    if (!pressed) return;
    if (pressed.localName === "a") opener = pressed;
    const body = pressed.form?.elements.body;
    if (body) body.readOnly = true;
    const timer = setTimeout(showBusy, LATE, pressed);
    detail.xhr.addEventListener("loadend", () => {
      clearTimeout(timer);
      endBusy(pressed);
      if (body) body.readOnly = false;
    });
  });

  const fail = (detail, id) => {
    const words = byId(id);
    if (!words || isTyping(detail)) return;
    const pressed = pressedIn(detail);
    const place = pressed?.form ?? detail.elt;
    const box = words.content.firstElementChild.cloneNode(true);
    if (place.dataset.failed) one("h2", box).textContent = place.dataset.failed;
    one("button", box)?.addEventListener("click", () => {
      box.remove();
      (pressed ?? place).click(); // a click, since htmx notes by it which button was pressed
    });
    all("[data-lost]").forEach((old) => old.remove());
    place.before(box);
  };
  on("htmx:sendError", ({ detail }) => fail(detail, "not-saved"));
  on("htmx:responseError", ({ detail }) => fail(detail, "broken"));

  on("htmx:beforeSwap", ({ detail }) => {
    if (detail.target) all(":scope > .problem", detail.target).forEach((old) => old.remove());
  });

  /* ---- htmx: where the reader is now ---- */
  const reveal = (place) => {
    for (let box = place?.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
    return place;
  };
  const sameForm = (form) => {
    const fresh = form?.id && byId(form.id);
    return fresh && fresh !== form ? one('[aria-pressed="true"]', fresh) : null;
  };
  const placeIn = (piece, from) =>
    byId(piece.dataset.focusId) ||
    sameForm(from) ||
    within("[data-focus]", piece)[0] ||
    one('[aria-invalid="true"]', piece) ||
    (piece.matches("form") && one("textarea", piece)) ||
    within('[tabindex="-1"]', piece)[0];

  on("htmx:afterSettle", ({ target, detail }) => {
    if (target.nodeType !== Node.ELEMENT_NODE) return;
    const { requestConfig, xhr } = detail;
    const pressed = pressedIn(detail);
    const form = pressed?.form ?? requestConfig.elt;
    const isPosted = requestConfig.verb === "post" && xhr.status < 300;
    if (isPosted && form.dataset?.draft && pressed?.value !== "preview") delete store[draft(form)];
    prepare(target);
    // Of many comments that come at once, the first says where to go on.
    const isNext = target.localName === "li" && !one("[data-focus]", target);
    if (!isTyping(detail) && !isNext) reveal(placeIn(target, form))?.focus();
  });

  /* "Cancel" closes a form that was opened in place; its draft stays. */
  on("click", (event) => {
    const form = event.target.closest?.(".comment [data-cancel]")?.closest("form");
    if (!form) return;
    event.preventDefault();
    const slot = document.createElement("div");
    slot.id = form.id;
    form.replaceWith(slot);
    (opener?.isConnected ? opener : one(`[hx-target="#${slot.id}"]`))?.focus();
  });

  /* ---- contents: the last heading above a line near the top is where the reader is ---- */
  const follow = () => {
    const links = all(".toc-wide a");
    const places = links.map((link) => byId(decodeURIComponent(link.hash.slice(1))));
    const mark = () => {
      const line = innerHeight * 0.15;
      const here = places.findLastIndex((place) => place?.getBoundingClientRect().top < line);
      links.forEach((link, i) => {
        if (i === here) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    };
    const watch = new IntersectionObserver(mark, { rootMargin: "0px 0px -85% 0px" });
    places.forEach((place) => place && watch.observe(place));
  };

  /* ---- news: how many comments came since, asked only while somebody looks ---- */
  const NEWS = 30_000; // ms between two questions
  let asking = 0;
  const tell = (line, fresh) => {
    const link = one("a", line);
    link.hidden = fresh < 1;
    link.textContent = fresh > 1 ? line.dataset.many.replace("{n}", fresh) : line.dataset.one;
  };
  const ask = async () => {
    const line = one("[data-news]");
    if (!line) return;
    try {
      const answer = await fetch(line.dataset.news);
      if (answer.ok && !answer.redirected) {
        tell(line, (await answer.json()).total - line.dataset.total);
      }
    } catch {
      // no connection: the next question may find one
    }
  };
  const askWhileSeen = () => {
    clearInterval(asking);
    if (!document.hidden && one("[data-news]")) asking = setInterval(ask, NEWS);
  };
  on("visibilitychange", () => {
    if (!document.hidden) ask();
    askWhileSeen();
  });

  on("DOMContentLoaded", () => {
    endSent();
    prepare(document.body);
    reveal(byId(decodeURIComponent(location.hash.slice(1))));
    one("[data-focus]")?.focus();
    follow();
    askWhileSeen();
  });
})();
