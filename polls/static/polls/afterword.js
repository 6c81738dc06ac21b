/* Everything works without it, with more reloads. */
(() => {
  "use strict";

  const LATE = 400; // ms before “Saving…” shows
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => (id ? document.getElementById(id) : null);
  const on = (name, act) => document.addEventListener(name, act);

  /* counter: code points, as the server counts */
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

  /* drafts: on this device, until posted or old */
  const AGE = 30 * 24 * 3_600_000; // ms
  const KEPT = ["body", "name", "show_reaction"];
  const store = (() => {
    try {
      return window.localStorage;
    } catch {
      return {}; // storage is forbidden
    }
  })();
  const draft = (form) => `draft:${form.dataset.draft}`;
  const read = (name) => {
    try {
      return JSON.parse(store[name]);
    } catch {
      return {};
    }
  };
  const said = (field) => (field.type === "checkbox" ? "checked" : "value");
  const note = (form) => {
    const line = one("[data-draft-note]", form);
    if (line) line.hidden = !store[draft(form)];
  };
  const keep = (form) => {
    const kept = { at: Date.now() };
    for (const field of form.elements) {
      if (KEPT.includes(field.name)) kept[field.name] = field[said(field)];
    }
    if (kept.body.trim()) store[draft(form)] = JSON.stringify(kept);
    else delete store[draft(form)];
    note(form);
  };
  const restore = (form) => {
    const kept = "fresh" in form.dataset || !form.elements.body.value ? read(draft(form)) : {};
    for (const field of form.elements) {
      if (field.name in kept) field[said(field)] = kept[field.name];
    }
    note(form);
  };
  const forget = () => {
    for (const name of Object.keys(store)) {
      if (name.startsWith("draft:") && !(read(name).at > Date.now() - AGE)) delete store[name];
    }
  };

  const prepare = () => {
    all("form[data-draft]").forEach(restore);
    all("[data-most]").forEach(count);
  };

  on("input", ({ target }) => {
    if (target.dataset?.most) count(target);
    if (target.form?.dataset.draft) keep(target.form);
  });

  on("keydown", (event) => {
    const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (!isSend || event.target.localName !== "textarea") return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });

  /* a plain post that leads to a comment ends the draft */
  on("submit", (event) => {
    const { target, submitter, defaultPrevented } = event;
    if (defaultPrevented || !target.dataset.draft || submitter?.value === "preview") return;
    store.sent = draft(target);
  });
  const endSent = () => {
    if (store.sent && /^#c\d/.test(location.hash)) delete store[store.sent];
    delete store.sent;
  };

  /* a first act sent twice is one reader's: see the middleware */
  const FIRST = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  on("formdata", ({ target, formData }) => {
    if (target.method === "post") formData.set("first", FIRST);
    const shown = all(".comment").map(({ id }) => id.slice(1));
    if ("shown" in target.dataset) formData.set("shown", shown);
  });

  /* Who has reacted sees the good points: drawn again once they are near and no act is under
     way, unless somebody is at work there, is told something or has loaded more. */
  let stale;
  let isFresh; // what is being drawn
  let acts = 0;
  const isInUse = (list) => one("textarea, :focus, .menu[open], [data-more], [role=status]", list);
  const draw = ([seen]) =>
    seen.isIntersecting && stale && !isInUse(stale) && htmx.trigger(stale, "near");
  const near = new IntersectionObserver(draw, { rootMargin: "0px 0px 50%" });
  on("reacted", () => (stale = byId("threads")));

  /* what is being saved, and what went wrong */
  let opener = null;
  const pressedIn = ({ requestConfig: { elt, triggeringEvent } }) =>
    triggeringEvent?.submitter ?? (elt.matches("a, button") ? elt : null);
  const isRedraw = ({ requestConfig }) => requestConfig.elt.id === "threads";
  const isQuiet = (detail) =>
    isRedraw(detail) || detail.requestConfig.triggeringEvent?.type === "input";

  const showBusy = (pressed) => {
    pressed.ariaBusy = "true";
    const spot = pressed.matches(".btn") ? pressed : one("small", pressed);
    const words = pressed.form?.dataset.saving ?? document.body.dataset.saving;
    if (!spot || !words || pressed.localName === "a") return;
    const said = [...spot.childNodes];
    const spinner = document.createElement("span");
    spinner.className = "spin";
    spinner.ariaHidden = "true";
    spot.classList.add("busy");
    spot.replaceChildren(spinner, words);
    return () => {
      spot.classList.remove("busy");
      spot.replaceChildren(...said);
    };
  };

  on("htmx:beforeRequest", ({ detail }) => {
    const pressed = pressedIn(detail);
    if (isRedraw(detail)) isFresh = !acts;
    if (!pressed) return;
    isFresh = false;
    acts++;
    near.disconnect();
    if (pressed.localName === "a") opener = pressed;
    const body = pressed.form?.elements.body;
    if (body) body.readOnly = true;
    let endBusy;
    const timer = setTimeout(() => (endBusy = showBusy(pressed)), LATE);
    detail.xhr.addEventListener("loadend", () => {
      clearTimeout(timer);
      pressed.ariaBusy = null;
      endBusy?.();
      if (body) body.readOnly = false;
      if (!--acts && stale) near.observe(stale);
    });
  });

  const fail = (detail, id) => {
    const words = byId(id);
    if (!words || isQuiet(detail)) return;
    const pressed = pressedIn(detail);
    const place = pressed?.form ?? detail.elt;
    const box = words.content.firstElementChild.cloneNode(true);
    if (place.dataset.failed) one("h2", box).textContent = place.dataset.failed;
    one("button", box)?.addEventListener("click", () => {
      box.remove();
      (pressed ?? place).click(); // by it htmx knows the button
    });
    one("[data-lost]")?.remove();
    place.before(box);
  };
  on("htmx:sendError", ({ detail }) => fail(detail, "not-saved"));
  on("htmx:responseError", ({ detail }) => fail(detail, "broken"));

  on("htmx:beforeSwap", ({ detail }) => {
    const { target } = detail;
    if (isRedraw(detail) && (!isFresh || isInUse(target))) detail.shouldSwap = false;
    else if (target?.id === "threads") stale = null;
    if (target) all(":scope > .problem", target).forEach((old) => old.remove());
    if (target?.localName === "li") target.parentElement.dataset.more = "loaded";
  });

  /* where the reader is now */
  const reveal = (place) => {
    for (let box = place?.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
    return place;
  };
  /* the place that an answer names, once, or the next comment */
  const named = () => {
    const places = all("[data-focus]");
    const [place] = places;
    const isNext = (one) => place.compareDocumentPosition(one) & 4 && one.checkVisibility();
    const next = place?.dataset.focus && all(".comment").find(isNext);
    places.forEach((one) => one.removeAttribute("data-focus"));
    next?.focus?.({ preventScroll: true });
    return next || place;
  };
  const sameForm = ({ id, isConnected }) =>
    id && !isConnected && one(`#${id} [aria-pressed="true"]`);
  const SPOT = '[tabindex="-1"]';
  const placeIn = (piece, from) =>
    sameForm(from) ||
    named() ||
    (piece.contains(document.activeElement) && document.activeElement) ||
    one('[aria-invalid="true"]', piece) ||
    (piece.matches("form") && one("textarea", piece)) ||
    (piece.matches(SPOT) ? piece : one(SPOT, piece));

  on("htmx:afterSettle", ({ target, detail }) => {
    if (!target.matches) return; // text
    const { requestConfig, xhr } = detail;
    const pressed = pressedIn(detail);
    const form = pressed?.form ?? requestConfig.elt;
    const isPosted = requestConfig.verb === "post" && xhr.status < 300;
    if (isPosted && form.dataset.draft && pressed?.value !== "preview") delete store[draft(form)];
    prepare();
    pressed?.closest(".menu")?.removeAttribute("open");
    // A new comment is on top until its own place is loaded.
    all(`[id="${one("article", target)?.id}"]`).forEach((twin) => {
      if (!target.contains(twin)) twin.closest("li").remove();
    });
    // of many pieces the first place
    if (isQuiet(detail) || detail.isPlaced) return;
    const place = reveal(placeIn(target, form));
    detail.isPlaced = place;
    if (place !== document.activeElement) place?.focus();
  });

  /* “Cancel” closes a form, its draft stays */
  on("click", (event) => {
    const form = event.target.closest?.(".comment [data-cancel]")?.closest("form");
    if (!form) return;
    event.preventDefault();
    const slot = document.createElement("div");
    slot.id = form.id;
    form.replaceWith(slot);
    reveal(opener?.isConnected ? opener : one(`[hx-target="#${slot.id}"]`))?.focus();
  });

  /* contents: the last heading above a line near the top */
  const follow = () => {
    const links = all(".toc-wide a");
    const places = links.map((link) => byId(decodeURIComponent(link.hash.slice(1))));
    const mark = () => {
      const line = innerHeight * 0.15;
      const here = places.findLastIndex((place) => place?.getBoundingClientRect().top < line);
      links.forEach((link, i) => {
        link.ariaCurrent = i === here ? "true" : null;
      });
    };
    const watch = new IntersectionObserver(mark, { rootMargin: "0px 0px -85%" });
    places.forEach((place) => place && watch.observe(place));
  };

  /* news, while somebody looks */
  const NEWS = 30_000; // ms
  const tell = (line, fresh) => {
    const link = one("a", line);
    link.hidden = fresh < 1;
    link.textContent = fresh > 1 ? line.dataset.many.replace("{n}", fresh) : line.dataset.one;
  };
  const ask = async () => {
    const line = !document.hidden && one("[data-news]");
    const answer = line && (await fetch(line.dataset.news).catch(() => null)); // no connection
    if (answer?.ok && !answer.redirected) {
      tell(line, (await answer.json()).total - line.dataset.total);
    }
  };
  on("counted", ({ detail }) => {
    const { dataset } = one("[data-news]");
    dataset.total = +dataset.total + detail.value;
  });
  on("visibilitychange", ask);

  on("DOMContentLoaded", () => {
    endSent();
    forget();
    prepare();
    reveal(byId(decodeURIComponent(location.hash.slice(1))));
    named()?.focus();
    follow();
    setInterval(ask, NEWS);
  });
})();
