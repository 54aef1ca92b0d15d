// All nodes, and one of them with what runs on it.

import { h } from "./dom.js";
import { checks, count, crumbs, empty, facts, icon, keyHint, status } from "./parts.js";
import { servicePath } from "./services.js";

const nodePath = (name) => "/ui/nodes/" + name.split("/").map(encodeURIComponent).join("/");

export function nodes() {
  let search = "";

  function render({ nodes }, draw) {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = nodes.filter((node) => words.every((word) => `${node.name} ${node.address}`.toLowerCase().includes(word)));
    return [
      h("div", { class: "head" }, h("div", {}, h("h1", {}, "Nodes"), h("p", { class: "sub" }, count(nodes.length, "node")))),
      h("div", { class: "tools", key: "tools" }, h("input", { type: "search", placeholder: "Search names and addresses",
        "aria-label": "Search names and addresses", "aria-keyshortcuts": "/", oninput: (event) => { search = event.target.value; draw(); } })),
      shown.length > 0 ? h("ul", { class: "panel rows", "aria-label": "Nodes", key: "list" }, shown.map(row)) : empty("No node fits.", "Try other words."),
      keyHint(),
    ];
  }

  return { title: "Nodes", follow: { view: "nodes" }, render };
}

function row(node) {
  return h("li", { key: node.name },
    h("span", { class: `status ${node.status}` }, icon(node.status), h("span", { class: "hidden-text" }, node.status)),
    h("div", { class: "grow" }, h("a", { class: "name", href: nodePath(node.name) }, node.name)),
    h("div", { class: "end" }, h("span", { class: "mono" }, node.address), h("span", { class: "health-text" }, count(node.instances, "instance"))));
}

export function node(name) {
  function render({ node, instances }) {
    if (!node) return [crumbs(["Nodes", "/ui/nodes"]), h("div", { class: "head" }, h("h1", {}, name)), empty("This node is not registered.", "")];
    return [
      crumbs(["Nodes", "/ui/nodes"]),
      h("div", { class: "head" }, h("div", {}, h("h1", {}, name), h("p", { class: "sub mono" }, node.address)), status(node.status)),
      h("section", { class: `panel card ${node.status}` }, h("h2", {}, "Node checks"),
        node.why && h("p", { class: `why ${node.status}`, key: "why" }, node.why),
        facts(Object.entries(node.metadata)), checks(node.checks) ?? h("p", { class: "muted" }, "This node has no checks of its own.")),
      instances.length > 0
        ? h("ul", { class: "panel rows", "aria-label": "Instances on this node", key: "list" }, instances.map((each) =>
          h("li", { key: `${each.service}/${each.id}` }, h("span", { class: `status ${each.status}` }, icon(each.status), h("span", { class: "hidden-text" }, each.status)),
            h("div", { class: "grow" }, h("a", { class: "name", href: servicePath(each.service) }, each.service)),
            h("div", { class: "end" }, h("span", { class: "mono" }, each.id)))))
        : empty("No instances run here.", ""),
    ];
  }

  return { title: name, follow: { view: "node", name }, render };
}
