// The page of a record: copies paths, shows previews large, prints what is folded.
// Without it the page is complete, previews are plain links.
(function () {
  "use strict";

  function make(tag, name, text) {
    const el = document.createElement(tag);
    if (name) el.className = name;
    if (text !== undefined) el.textContent = text;
    return el;
  }

  // copy uses the clipboard where a page may, and a selection elsewhere.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = make("textarea", "hidden");
      field.value = text;
      (document.querySelector("dialog[open]") || document.body).append(field);
      field.select();
      const copied = document.execCommand("copy");
      field.remove();
      return copied;
    }
  }

  document.addEventListener("click", async (ev) => {
    const button = ev.target.closest("[data-copy]");
    if (!button) return;
    const label = button.querySelector("span");
    const before = button.dataset.label || (button.dataset.label = label.textContent);
    label.textContent = (await copy(button.dataset.copy)) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { label.textContent = before; }, 1600);
    button.focus();
  });

  // The viewer.
  const datasets = [...document.querySelectorAll(".dataset")].filter((d) => d.querySelector("a.thumb"));
  let dialog, at = 0;

  function build() {
    dialog = make("dialog");
    dialog.setAttribute("aria-labelledby", "viewer-title");
    const bar = make("div", "viewer-bar");
    const title = make("h2");
    title.id = "viewer-title";
    bar.append(title, make("span", "quiet place"));
    for (const [text, label, act] of [["←", "Previous", () => show(at - 1)], ["→", "Next", () => show(at + 1)], ["✕", "Close", () => dialog.close()]]) {
      const b = make("button", "button", text);
      b.type = "button";
      b.setAttribute("aria-label", label);
      b.autofocus = label === "Next";
      b.onclick = act;
      bar.append(b);
    }
    const picture = make("div", "viewer-picture");
    picture.append(make("img"));
    dialog.append(bar, picture, make("div", "viewer-side"));
    dialog.addEventListener("click", (ev) => { if (ev.target === dialog) dialog.close(); });
    dialog.addEventListener("keydown", (ev) => {
      if (ev.key === "ArrowLeft") show(at - 1);
      if (ev.key === "ArrowRight") show(at + 1);
    });
    dialog.addEventListener("close", () => datasets[at].querySelector("a.thumb").focus());
    document.body.append(dialog);
  }

  function show(i) {
    at = (i + datasets.length) % datasets.length;
    const d = datasets[at];
    dialog.querySelector("h2").textContent = d.querySelector("h4").textContent;
    dialog.querySelector(".place").textContent = at + 1 + " / " + datasets.length;
    const img = dialog.querySelector("img");
    img.src = d.querySelector("a.thumb").href;
    img.alt = d.querySelector("a.thumb img").alt;
    const side = dialog.querySelector(".viewer-side");
    side.replaceChildren();
    for (const part of d.querySelectorAll(".about > .badges, .taken, .about > .description, .files, .path, .about .params")) {
      side.append(part.cloneNode(true));
    }
    side.scrollTop = 0;
  }

  document.addEventListener("click", (ev) => {
    const thumb = ev.target.closest("a.thumb");
    if (!thumb || ev.button || ev.ctrlKey || ev.metaKey || ev.shiftKey || !window.HTMLDialogElement) return;
    ev.preventDefault();
    if (!dialog) build();
    show(datasets.indexOf(thumb.closest(".dataset")));
    dialog.showModal();
  });

  // "All records" goes back to the list as it was left.
  const back = document.getElementById("back");
  back.addEventListener("click", (ev) => {
    if (document.referrer && document.referrer.split("#")[0] === back.href && history.length > 1) {
      ev.preventDefault();
      history.back();
    }
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const d of opened) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of opened) d.open = false; });
})();
