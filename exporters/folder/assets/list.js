// The index: loads the months, filters by words and facets, and draws only what is looked at.
// Whatever comes from records is put into the page as text.
(function () {
  "use strict";
  const PAGE = 40;
  const UNDATED = "undated";
  const isMonth = (v) => v !== UNDATED && v.length > 4; // else a year
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"];
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const TYPES = { SpectrumImage: "Spectrum image" };
  const MANY = { Image: "Images", Spectrum: "Spectra", SpectrumImage: "Spectrum images", Diffraction: "Diffractions" };
  const FACETS = ["instrument", "month", "type", "person"];
  const $ = (id) => document.getElementById(id);
  const state = { q: "", instrument: "", month: "", type: "", person: "", order: "new" };
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  let records = [], awaited = 0, hits = [], shown = 0, lastMonth = null, drawing = 0;

  window.nx = {
    // The list of months.
    parts(months) {
      awaited = months.length;
      if (!awaited) draw();
      for (const m of months) load("index/" + m.name + ".js?v=" + m.digest, done);
    },
    // The records of a month.
    part(month, entries) {
      for (const e of entries) {
        e.month = month;
        records.push(e);
      }
    },
  };

  function load(address, then) {
    const s = document.createElement("script");
    s.src = address;
    s.onload = () => then(true);
    s.onerror = () => then(false);
    document.head.append(s);
  }

  function done() {
    awaited--;
    if (!awaited) document.documentElement.dataset.loaded = Math.round(performance.now());
    // The newest month is drawn at once, the others are not worth a drawing each.
    if (awaited && (drawing || !records.length)) return;
    clearTimeout(drawing);
    drawing = setTimeout(() => { drawing = 0; draw(); }, awaited && shown ? 250 : 0);
  }

  function plain(text) {
    const t = text.toLowerCase();
    return /^[\x00-\x7f]*$/.test(t) ? t : t.normalize("NFKD").replace(/\p{M}/gu, "");
  }

  function haystack(e) {
    if (e.hay === undefined) {
      e.hay = plain([e.t, e.i, e.p, e.u, e.m, e.w, e.f, e.s, (e.x || []).join(" ")].filter(Boolean).join("\n"));
    }
    return e.hay;
  }

  // Each facet says whether a record has a value, and which values it has.
  const facets = {
    instrument: { of: (e) => [e.i], has: (e, v) => e.i === v },
    person: { of: (e) => (e.u ? [e.u] : []), has: (e, v) => e.u === v },
    type: { of: (e) => Object.keys(e.d || {}), has: (e, v) => Boolean(e.d && Object.hasOwn(e.d, v)) },
    month: {
      of: (e) => (e.month === UNDATED ? [e.month] : [e.month.slice(0, 4), e.month]),
      has: (e, v) => e.month === v || e.month.startsWith(v + "-"),
    },
  };

  // filter fills hits, and counts for each facet what a choice in it would show.
  function filter() {
    const terms = plain(state.q).split(/\s+/).filter(Boolean);
    const counts = {};
    for (const f of FACETS) counts[f] = new Map();
    hits = [];
    for (const e of records) {
      if (terms.length && !terms.every((t) => haystack(e).includes(t))) continue;
      const failed = FACETS.filter((f) => state[f] && !facets[f].has(e, state[f]));
      if (!failed.length) hits.push(e);
      if (failed.length > 1) continue;
      for (const f of failed.length ? failed : FACETS) {
        for (const v of facets[f].of(e)) counts[f].set(v, (counts[f].get(v) || 0) + 1);
      }
    }
    sort();
    return counts;
  }

  function sort() {
    const when = (a, b) => (a.s || "") < (b.s || "") ? 1 : (a.s || "") > (b.s || "") ? -1 : a.f < b.f ? -1 : 1;
    if (state.order === "title") hits.sort((a, b) => words.compare(a.t, b.t));
    else hits.sort(state.order === "old" ? (a, b) => when(b, a) : when);
  }

  function draw() {
    const began = performance.now();
    const counts = filter();
    const n = hits.length.toLocaleString("en");
    $("tally").textContent = awaited > 0 ? "Loading …" :
      hits.length === records.length ? n + (hits.length === 1 ? " record" : " records") :
        n + " of " + records.length.toLocaleString("en") + " records";
    for (const f of FACETS) drawFacet(f, counts[f]);
    drawChosen();
    $("results").replaceChildren();
    shown = 0;
    lastMonth = null;
    more();
    if (!hits.length && awaited <= 0) {
      $("results").append(make("p", "empty", records.length ? "No record matches. Try fewer words or filters." : "No records yet."));
    }
    document.documentElement.dataset.drawn = (performance.now() - began).toFixed(1);
  }

  // more appends the next page of hits.
  function more() {
    const part = document.createDocumentFragment();
    for (const e of hits.slice(shown, shown + PAGE)) {
      if (state.order !== "title" && e.month !== lastMonth) {
        lastMonth = e.month;
        part.append(make("h2", "", monthName(e.month)));
      }
      part.append(row(e, part.childElementCount + $("results").childElementCount > 12));
    }
    shown = Math.min(shown + PAGE, hits.length);
    $("results").append(part);
    $("more").hidden = shown >= hits.length;
  }

  function make(tag, name, text) {
    const el = document.createElement(tag);
    if (name) el.className = name;
    if (text !== undefined) el.textContent = text;
    return el;
  }

  function row(e, far) {
    const article = make("article", "row");
    const picture = make("div", "picture");
    const home = "records/" + encodeURIComponent(e.f) + "/";
    if (e.c) {
      const img = make("img");
      if (far) img.loading = "lazy";
      img.alt = "";
      img.src = home + e.c.split("/").map(encodeURIComponent).join("/");
      picture.append(img);
    }
    const link = make("a", "", e.t);
    link.href = home + "index.html";
    const title = make("h3");
    title.append(link);
    const body = make("div");
    body.append(title, make("p", "who", [e.u, dateName(e.s)].filter(Boolean).join(" · ")));
    if (e.m) body.append(make("p", "why", e.m));
    body.append(badges(e));
    article.append(picture, body);
    return article;
  }

  function badges(e) {
    const p = make("p", "badges");
    p.append(make("span", "badge instrument hue" + hue(e.p || ""), e.i));
    for (const [type, n] of Object.entries(e.d || {})) {
      p.append(make("span", "badge type " + type.toLowerCase().replace(/[^a-z]/g, ""), n + " " + ((n > 1 && MANY[type]) || TYPES[type] || type)));
    }
    const formats = e.x || [];
    for (const x of formats.slice(0, 4)) p.append(make("span", "badge", x));
    if (formats.length > 4) p.append(make("span", "badge", "+" + (formats.length - 4)));
    return p;
  }

  // hue is the colour of an instrument, the same as on the pages of its records.
  function hue(pid) {
    let n = 0;
    for (const c of new TextEncoder().encode(pid)) n = (n * 31 + c) % 65521;
    return n % 12;
  }

  function monthName(m) {
    if (m === UNDATED) return "Undated";
    return m.length === 4 ? m : MONTHS[Number(m.slice(5)) - 1] + " " + m.slice(0, 4);
  }

  function dateName(s) {
    if (!s) return "";
    const [y, m, d] = s.slice(0, 10).split("-").map(Number);
    const day = DAYS[new Date(Date.UTC(y, m - 1, d)).getUTCDay()];
    return day + " " + d + " " + MONTHS[m - 1].slice(0, 3) + " " + y + ", " + s.slice(11);
  }

  function drawFacet(f, counts) {
    const list = $("facet-" + f);
    const at = list.scrollTop;
    const focus = document.activeElement && list.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    if (state[f] && !counts.has(state[f])) counts.set(state[f], 0);
    let values = [...counts.keys()];
    if (f === "month") {
      const year = state.month.slice(0, 4);
      values = values.filter((v) => !isMonth(v) || v.startsWith(year + "-")).sort((a, b) =>
        (a === UNDATED) - (b === UNDATED) || b.slice(0, 4).localeCompare(a.slice(0, 4)) || a.length - b.length || b.localeCompare(a));
    } else {
      values.sort(words.compare);
    }
    list.replaceChildren(...values.map((v) => choice(f, v, counts.get(v))));
    list.parentElement.hidden = !values.length;
    list.scrollTop = at;
    if (focus !== null) for (const b of list.querySelectorAll("button")) if (b.dataset.value === focus) b.focus({ preventScroll: true });
  }

  function choice(f, value, n) {
    const li = make("li", f === "month" && isMonth(value) ? "inner" : "");
    const b = make("button");
    b.type = "button";
    b.dataset.value = value;
    b.setAttribute("aria-pressed", String(state[f] === value));
    if (f === "instrument") {
      const e = records.find((r) => r.i === value);
      b.append(make("span", "dot hue" + hue((e && e.p) || "")));
    }
    b.append(make("span", "", labelOf(f, value)), make("span", "", n.toLocaleString("en")));
    b.title = value;
    b.onclick = () => set(f, state[f] === value ? "" : value);
    li.append(b);
    return li;
  }

  function labelOf(f, v) {
    if (f === "month") return isMonth(v) ? MONTHS[Number(v.slice(5)) - 1] : monthName(v);
    return f === "type" ? TYPES[v] || v : v;
  }

  function drawChosen() {
    $("chosen").replaceChildren(...FACETS.filter((f) => state[f]).map((f) => {
      const b = make("button", "", (f === "month" ? monthName(state[f]) : labelOf(f, state[f])) + " ×");
      b.type = "button";
      b.setAttribute("aria-label", "Remove filter " + state[f]);
      b.onclick = () => set(f, "");
      return b;
    }));
  }

  // The state stands in the address, so that a search can be shared and "back" works.
  function set(key, value, replace) {
    state[key] = value;
    const p = new URLSearchParams();
    for (const k of Object.keys(state)) if (state[k] && !(k === "order" && state[k] === "new")) p.set(k, state[k]);
    const hash = p.size ? "#" + p : location.pathname.split("/").pop() || "index.html";
    try {
      history[replace ? "replaceState" : "pushState"](null, "", hash);
    } catch { /* some browsers refuse this for files; the list works without */ }
    draw();
    if (!replace && scrollY > 200) scrollTo(0, 0);
  }

  function restore() {
    const p = new URLSearchParams(location.hash.slice(1));
    for (const k of Object.keys(state)) state[k] = p.get(k) || "";
    if (!["old", "title"].includes(state.order)) state.order = "new";
    $("query").value = state.q;
    $("order").value = state.order;
  }

  let typing = 0;
  $("query").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => set("q", $("query").value.trim(), true), 60);
  });
  $("order").addEventListener("change", () => set("order", $("order").value, true));
  $("more").addEventListener("click", more);
  new IntersectionObserver((seen) => {
    if (seen.some((s) => s.isIntersecting) && shown < hits.length) more();
  }, { rootMargin: "800px" }).observe($("more"));
  addEventListener("popstate", () => { restore(); draw(); });
  addEventListener("keydown", (ev) => {
    const field = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (ev.key === "/" && !field && !ev.ctrlKey && !ev.metaKey && !ev.altKey) {
      ev.preventDefault();
      $("query").focus();
    }
    if (ev.key === "Escape" && document.activeElement === $("query")) {
      $("query").value = "";
      set("q", "", true);
    }
  });
  if (matchMedia("(max-width: 860px)").matches) $("filters").open = false;
  restore();
  load("index/parts.js?t=" + Date.now(), (there) => { if (!there) draw(); });
})();
