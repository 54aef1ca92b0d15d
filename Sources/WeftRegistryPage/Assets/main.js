// Which view is shown, and what it is kept up to date with.

import { about, follow, token } from "./api.js";
import { announce, byId, h, update } from "./dom.js";
import { empty } from "./parts.js";
import { keys, key } from "./keys.js";
import { node, nodes } from "./nodes.js";
import { nameIn } from "./paths.js";
import { service, services } from "./services.js";

const main = byId("main");
let stop = () => {};

// A path below /ui is a view; what follows its first part is the name of one thing, which may have slashes.
function route() {
  const [, section = "", rest = ""] = location.pathname.match(/^\/ui\/?([^/]*)\/?(.*)$/) ?? [];
  const name = nameIn(rest);
  switch (section) {
    case "": case "services": return name ? service(name) : services();
    case "nodes": return name ? node(name) : nodes();
    case "keys": return name && !name.endsWith("/") ? key(name) : keys(name);
    default: return null;
  }
}

// A view has a `title`, what to `follow`, and `render(state)` which gives elements. It may have `state` of its own.
function show({ isFirst = false } = {}) {
  stop();
  const view = route();
  mark();
  if (!view) {
    document.title = "Not found · Weft registry";
    update(main, empty("There is no such page.", h("a", { href: "/ui/services" }, "All services")));
    return;
  }
  document.title = `${view.title} · Weft registry`;
  main.replaceChildren(h("p", { class: "muted" }, "Loading…"));
  let state;
  let problem;
  const draw = () => {
    const notice = problem && h("p", { class: "notice bad", role: "alert", key: "problem" }, describe(problem));
    update(main, notice, state === undefined ? null : view.render(state, draw));
  };
  stop = follow(view.follow, {
    onState(next) {
      const isNew = state === undefined;
      state = next;
      problem = undefined;
      draw();
      if (isNew) {
        if (!isFirst) main.focus({ preventScroll: true });
        announce(`${view.title} loaded`);
      }
    },
    onProblem(next) {
      problem = next;
      draw();
    },
    onLive: live,
  });
}

function describe(problem) {
  if (problem.status === 401 || problem.status === 403) {
    return [`${problem.message} `, h("button", { type: "button", onclick: openToken }, "Enter a token")];
  }
  return problem.status === 0 ? `${problem.message} What is shown may be out of date; trying again.` : problem.message;
}

function live(isLive, status = 0) {
  const element = byId("live");
  const text = isLive ? "Live" : status === 401 || status === 403 ? "No access" : "Reconnecting";
  element.dataset.state = isLive ? "live" : "lost";
  if (element.textContent !== text) element.textContent = text;
}

// Says which section this is.
function mark() {
  for (const link of byId("sections").children) {
    const isHere = location.pathname.startsWith(link.pathname) || (link.pathname === "/ui/services" && /^\/ui\/?$/.test(location.pathname));
    if (isHere) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
}

export function go(path) {
  history.pushState(null, "", path);
  scrollTo(0, 0);
  show();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || link.origin !== location.origin || link.hash) return;
  event.preventDefault();
  go(link.pathname);
});

addEventListener("popstate", () => show());
addEventListener("weft-go", (event) => go(event.detail));

// "/" goes to the search, as in many tools; arrows go from row to row.
document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.nodeName);
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    const search = main.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const isInList = event.target.matches(".rows .name, input[type=search]");
  if (step && isInList) {
    const stops = [...main.querySelectorAll("input[type=search], .rows .name")];
    const next = stops[stops.indexOf(event.target) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
});

// MARK: Token

async function introduce() {
  try {
    const known = await about();
    byId("place").textContent = known.datacenter;
    byId("token-button").textContent = token.get() ? `Token: ${known.actor}` : "Token";
    byId("token-who").textContent = known.rules ? `Now you are: ${known.actor}` : "This registry asks for no token: everybody may do everything.";
  } catch (problem) {
    byId("token-who").textContent = problem.message;
  }
}

function openToken() {
  byId("token-input").value = token.get();
  byId("token-dialog").showModal();
  byId("token-input").select();
}

byId("token-button").addEventListener("click", openToken);
// Enter uses the token; without this it would press the first button.
byId("token-input").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  byId("token-use").click();
});
byId("token-dialog").addEventListener("close", () => {
  const choice = byId("token-dialog").returnValue;
  if (choice === "use") token.set(byId("token-input").value.trim());
  if (choice === "clear") token.set("");
  byId("token-input").value = "";
  if (choice === "cancel" || choice === "") return;
  byId("token-dialog").returnValue = "";
  introduce();
  show();
});

introduce();
show({ isFirst: true });
