// Keys by prefix, and one of them with its value.

import { deleteKey, putKey } from "./api.js";
import { ask, h } from "./dom.js";
import { count, crumbs, empty, facts } from "./parts.js";
import { pathTo } from "./paths.js";

const keyPath = (key) => pathTo("keys", key);
const go = (path) => dispatchEvent(new CustomEvent("weft-go", { detail: path }));

// Links to every prefix of a key: "a/", "a/b/".
function trail(key) {
  const parts = key.split("/").slice(0, -1);
  return [["Key/Value", "/ui/keys"], ...parts.map((part, index) => [part || "(empty)", keyPath(parts.slice(0, index + 1).join("/") + "/")])];
}

export function keys(prefix) {
  let name = "";

  function render({ folders, keys, isCut, isWritable }, draw) {
    const leaf = (key) => key.slice(prefix.length);
    return [
      prefix && crumbs(...trail(prefix)),
      h("div", { class: "head" },
        h("div", {}, h("h1", {}, prefix || "Key/Value"), h("p", { class: "sub" }, `${count(folders.length, "folder")}, ${count(keys.length, "key")}`))),
      isWritable && h("form", { class: "tools", key: "tools", onsubmit: (event) => { event.preventDefault(); if (name.trim()) go(keyPath(prefix + name.trim())); } },
        h("input", { type: "text", placeholder: "Name of a key, such as limits/requests", "aria-label": `Name of a key below ${prefix || "the top"}`,
          spellcheck: "false", autocomplete: "off", oninput: (event) => { name = event.target.value; draw(); } }),
        h("button", { type: "submit", class: "primary", disabled: !name.trim() || name.trim().endsWith("/") }, "Open or add")),
      isCut && h("p", { class: "notice", key: "cut" }, "There are more keys than are shown here."),
      folders.length + keys.length === 0
        ? empty("No keys here.", isWritable ? "Name one above to add it." : "None that you may read, in any case.")
        : h("ul", { class: "panel rows", "aria-label": "Keys", key: "list" },
          folders.map((folder) => h("li", { key: folder }, folderIcon(), h("div", { class: "grow" },
            h("a", { class: "name mono", href: keyPath(folder) }, leaf(folder))))),
          keys.map((each) => h("li", { key: each.key }, keyIcon(), h("div", { class: "grow" },
            h("a", { class: "name mono", href: keyPath(each.key) }, leaf(each.key) || "(this key)")),
            h("div", { class: "end" }, each.session && h("span", { class: "tag" }, "locked"), h("span", {}, size(each.bytes)))))),
    ];
  }

  return { title: prefix || "Key/Value", follow: { view: "keys", prefix }, render };
}

function size(bytes) {
  return bytes < 1024 ? count(bytes, "byte") : `${(bytes / 1024).toFixed(1)} KiB`;
}

const line = (d) => h("svg", { class: "muted", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
  h("path", { d, fill: "none", stroke: "currentColor", "stroke-width": 1.4, "stroke-linejoin": "round", "stroke-linecap": "round" }));
const folderIcon = () => line("M1.5 12.500v-9h4.500l1.5 2h7v7Z");
const keyIcon = () => line("M3 1.500h6.500L13 5v9.500H3ZM9.3 1.700v3.500h3.5");

// The bytes as text; null when they are none, or when writing the text back would change them.
function asText(base64) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\r/.test(text) ? null : text;
  } catch {
    return null;
  }
}

export function key(name) {
  // What is being edited: the text, and the index that it was read at.
  let draft;
  let outcome;
  let isBusy = false;

  function render(state, draw) {
    const text = state.exists ? asText(state.value) : "";
    const isBinary = text === null;
    const current = isBinary ? "" : text;
    if (draft === undefined || (!draft.isTouched && draft.modified !== state.modified)) {
      draft = { text: current, modified: state.modified, isTouched: false };
    }
    const isStale = draft.isTouched && draft.modified !== state.modified;
    const parent = name.slice(0, name.lastIndexOf("/") + 1);

    async function act(action, done, then) {
      isBusy = true;
      outcome = undefined;
      draw();
      try {
        await action();
        outcome = { kind: "good", text: done };
        then();
      } catch (problem) {
        outcome = { kind: "bad", text: problem.message };
      }
      isBusy = false;
      draw();
    }

    // The text that was saved stays on the page until the registry tells of it.
    const save = () => act(() => putKey(name, draft.text, draft.modified), "Saved.",
      () => { draft = { ...draft, isTouched: false }; });
    async function remove() {
      if (!await ask(`Delete ${name}?`, "Its value cannot be brought back.", "Delete")) return;
      await act(() => deleteKey(name, state.modified), "Deleted.", () => go(parent ? keyPath(parent) : "/ui/keys"));
    }

    return [
      crumbs(...trail(name)),
      h("div", { class: "head" }, h("div", {}, h("h1", { class: "mono" }, name.slice(parent.length)),
        h("p", { class: "sub" }, state.exists ? size(state.bytes) : "A new key: it is stored when you save it."))),
      outcome && h("p", { key: "outcome", class: `notice ${outcome.kind}`, role: outcome.kind === "bad" ? "alert" : "status" }, outcome.text),
      isStale && h("p", { key: "stale", class: "notice", role: "alert" }, "Somebody changed this key while you were editing. ",
        h("button", { type: "button", onclick: () => { draft = undefined; outcome = undefined; reset(current); draw(); } }, "Take their value")),
      h("form", { class: "panel key-form form", key: "form", onsubmit: (event) => { event.preventDefault(); save(); } },
        h("label", { for: "value" }, "Value"),
        isBinary
          ? h("pre", { class: "output", tabindex: 0 }, hex(state.value))
          : h("textarea", { key: "value", id: "value", spellcheck: "false", readonly: !state.isWritable, oninput: (event) => {
            const wasTouched = draft.isTouched;
            draft = { ...draft, text: event.target.value, isTouched: true };
            outcome = undefined;
            if (!wasTouched) draw();
          } }, draft.text),
        isBinary && h("p", { class: "muted" }, "The value is no plain text, and can be changed by programs only."),
        !state.isWritable && h("p", { class: "muted" }, "You may read this key, but not change it."),
        facts([["Changed at revision", state.modified || ""], ["Added at", state.created || ""], ["Flags", state.flags || ""],
          ["Locked by session", state.session]]),
        state.isWritable && h("div", { class: "actions" },
          !isBinary && h("button", { type: "submit", class: "primary", disabled: isBusy || (state.exists && !draft.isTouched) || isStale }, "Save"),
          state.exists && h("button", { type: "button", class: "danger", disabled: isBusy, onclick: remove }, "Delete"))),
    ];
  }

  // The text area keeps what was typed, unless it is told otherwise.
  function reset(text) {
    const area = document.getElementById("value");
    if (area) area.value = text;
  }

  return {
    title: name,
    follow: { view: "key", name },
    render(state, draw) {
      const before = draft;
      const elements = render(state, draw);
      if (before !== draft && draft && !draft.isTouched) queueMicrotask(() => reset(draft.text));
      return elements;
    },
  };
}

function hex(base64) {
  const bytes = [...atob(base64)].slice(0, 4096).map((character) => character.charCodeAt(0).toString(16).padStart(2, "0"));
  const lines = [];
  for (let start = 0; start < bytes.length; start += 16) lines.push(bytes.slice(start, start + 16).join(" "));
  return lines.join("\n");
}
