// Builds elements and brings those on the page up to date. Text only ever becomes text: nothing here reads HTML, so no
// name or output that somebody registered can become a part of the page.

const SVG = "http://www.w3.org/2000/svg";
const vector = new Set(["svg", "path", "circle", "rect"]);

// An element. Attributes that are null, undefined or false are left out; functions listen ("onclick"); children are
// elements, text, or lists of both. "key" says which element of the last time this one is.
export function h(name, attributes = {}, ...children) {
  const element = vector.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  element.listeners = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "key") element.key = String(value);
    else if (typeof value === "function") element.listeners[key.slice(2)] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const type of Object.keys(element.listeners)) element.addEventListener(type, dispatch);
  for (const child of children.flat(Infinity)) {
    if (isThere(child)) element.append(child);
  }
  return element;
}

// What stands for nothing: so `text && h(...)` can be written.
const isThere = (child) => child !== null && child !== undefined && child !== false && child !== "";

// One listener for all: what it calls can be replaced when the element stays.
function dispatch(event) {
  event.currentTarget.listeners[event.type]?.(event);
}

// Makes the children of `parent` those of `wanted`, and keeps elements that are there already, with their focus, their
// scroll position, what is open and what somebody is typing. What may come and go before its siblings, or holds such
// state itself, needs a key.
export function update(parent, ...wanted) {
  const fresh = wanted.flat(Infinity).filter(isThere)
    .map((node) => (typeof node === "string" ? document.createTextNode(node) : node));
  const keyed = new Map();
  for (const child of parent.childNodes) if (child.key !== undefined) keyed.set(child.key, child);
  let place = parent.firstChild;
  for (const next of fresh) {
    const old = next.key === undefined ? place : keyed.get(next.key);
    if (old && old !== next && isSame(old, next)) {
      // Moved where the browser can, for taking it out and putting it in again would lose the focus.
      if (old === place) place = place.nextSibling;
      else if (parent.moveBefore) parent.moveBefore(old, place);
      else parent.insertBefore(old, place);
      merge(old, next);
    } else {
      parent.insertBefore(next, place);
    }
  }
  while (place) {
    const rest = place.nextSibling;
    place.remove();
    place = rest;
  }
}

function isSame(old, next) {
  return old.nodeType === next.nodeType && old.nodeName === next.nodeName && old.key === next.key;
}

function merge(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    // Whether details are open is the reader's choice.
    if (!next.hasAttribute(name) && !(old.nodeName === "DETAILS" && name === "open")) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.nodeName === "DETAILS" && name === "open") continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  old.listeners = next.listeners;
  for (const type of Object.keys(next.listeners)) old.addEventListener(type, dispatch);
  // A text area belongs to whoever types in it.
  if (old.nodeName !== "TEXTAREA") update(old, ...next.childNodes);
}

export const byId = (id) => document.getElementById(id);

// Told to screen readers.
export function announce(text) {
  byId("announcer").textContent = text;
}

// A question that is answered by a button; true for yes.
export function ask(title, text, yes) {
  byId("ask-title").textContent = title;
  byId("ask-text").textContent = text;
  byId("ask-yes").textContent = yes;
  const dialog = byId("ask-dialog");
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
