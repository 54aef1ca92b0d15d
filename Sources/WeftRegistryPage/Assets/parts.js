// Parts that several views are made of.

import { h } from "./dom.js";

const words = { passing: "Passing", warning: "Warning", critical: "Critical", none: "No checks" };

// A shape for each status: colour alone would not tell everybody.
const shapes = {
  passing: ["M8 1.2a6.8 6.8 0 1 0 0 13.600A6.8 6.8 0 0 0 8 1.200Z", "M5 8.200l2.1 2.100L11.2 6"],
  warning: ["M8 1.3 15.3 14.200H.7Z", "M8 5.800v4M8 12v.1"],
  critical: ["M5 1h6l4 4v6l-4 4H5l-4-4V5Z", "M5.7 5.700l4.6 4.600M10.3 5.700l-4.6 4.6"],
  none: ["M8 1.200a6.8 6.8 0 1 0 0 13.600A6.8 6.8 0 0 0 8 1.200Z", "M5 8h6"],
};

export function icon(status) {
  const [outline, mark] = shapes[status] ?? shapes.none;
  return h("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    h("path", { d: outline, fill: "currentColor", "fill-opacity": 0.18, stroke: "currentColor", "stroke-width": 1.2, "stroke-linejoin": "round" }),
    h("path", { d: mark, fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linecap": "round", "stroke-linejoin": "round" }));
}

export function status(value, text = words[value] ?? value, extra = "") {
  return h("span", { class: `status ${value} ${extra}` }, icon(value), text);
}

export const pill = (value, text) => status(value, text, "pill");

export function tags(list) {
  return list.length === 0 ? null : h("div", { class: "tags", key: "tags" }, list.map((tag) => h("span", { class: "tag" }, tag)));
}

// How many of each, as a bar and in words.
export function health(counts) {
  const parts = ["passing", "warning", "critical"].map((name) => [name, counts[name]]).filter(([, count]) => count > 0);
  const total = parts.reduce((sum, [, count]) => sum + count, 0);
  let x = 0;
  const bars = parts.map(([name, count]) => {
    const width = (count / total) * 100;
    x += width;
    return h("rect", { class: name, x: x - width, y: 0, width, height: 8 });
  });
  if (bars.length === 0) bars.push(h("rect", { class: "none", x: 0, y: 0, width: 100, height: 8 }));
  return h("svg", { class: "health", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, bars);
}

export function healthText(counts) {
  if (counts.critical + counts.warning + counts.passing === 0) return "none";
  const parts = [];
  if (counts.critical) parts.push(`${counts.critical} critical`);
  if (counts.warning) parts.push(`${counts.warning} warning`);
  if (counts.passing) parts.push(`${counts.passing} passing`);
  return parts.join(", ");
}

export function worst(counts) {
  return counts.critical ? "critical" : counts.warning ? "warning" : counts.passing ? "passing" : "none";
}

const rank = { critical: 0, warning: 1, passing: 2 };

// What is worst comes first.
export const bySeverity = (a, b) => rank[a.status] - rank[b.status];

export function count(number, one, many = one + "s") {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return known.length === 0 ? null
    : h("dl", { class: "facts", key: "facts" }, known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)))));
}

export function crumbs(...links) {
  return h("nav", { class: "crumbs", "aria-label": "You are here" }, links.map(([text, href], index) => [
    index > 0 && h("span", { "aria-hidden": "true" }, "/"), h("a", { href }, text)]));
}

export function empty(title, text) {
  return h("div", { class: "panel empty" }, h("strong", {}, title), text);
}

export function keyHint() {
  return h("p", { class: "hint" }, h("kbd", {}, "/"), " search   ", h("kbd", {}, "↑"), " ", h("kbd", {}, "↓"), " move   ", h("kbd", {}, "Enter"), " open");
}

// "3 min ago", with the whole time as a hint.
export function when(milliseconds) {
  if (!milliseconds) return null;
  const date = new Date(milliseconds);
  return h("time", { class: "when", datetime: date.toISOString(), title: date.toLocaleString() }, ago(Date.now() - milliseconds));
}

function ago(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return count(Math.floor(seconds / 86_400), "day") + " ago";
}

// Checks with their output; those that do not pass are open.
export function checks(list) {
  if (list.length === 0) return null;
  const sorted = [...list].sort((a, b) => bySeverity(a, b) || a.name.localeCompare(b.name));
  return h("ul", { class: "checks", "aria-label": "Checks", key: "checks" }, sorted.map((check) =>
    h("li", { key: check.id }, h("details", { open: check.status !== "passing" },
      h("summary", {}, status(check.status), h("strong", {}, check.name || check.id),
        h("span", { class: "kind" }, check.kind), when(check.changed)),
      check.notes && h("p", { class: "muted", key: "notes" }, check.notes),
      h("pre", { class: "output", key: "output", tabindex: 0, "aria-label": "Output" }, check.output || "No output yet.")))));
}
