// Lists of any length: words to find something by, and no more elements at once than a browser draws lightly.

import { h } from "./dom.js";

const step = 200;

export function finder(label) {
  let search = "";
  let limit = step;
  return {
    box: (draw) => h("input", { type: "search", placeholder: label, "aria-label": label, "aria-keyshortcuts": "/",
      oninput: (event) => { search = event.target.value; limit = step; draw(); } }),

    // Those that have each of the words in one of their texts.
    found(items, texts) {
      const words = search.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length === 0) return items;
      return items.filter((item) => {
        const all = texts(item).map((text) => text.toLowerCase());
        return words.every((word) => all.some((text) => text.includes(word)));
      });
    },

    first: (items) => items.slice(0, limit),

    // What follows the list when there is more.
    rest: (items, draw) => items.length > limit && h("p", { class: "more", key: "more" },
      h("button", { type: "button", onclick: () => { limit += step; draw(); } },
        `Show more (${(items.length - limit).toLocaleString("en")} left)`)),
  };
}
