// All nodes, and one of them with what runs on it.

import { h } from "./dom.js";
import { finder } from "./finder.js";
import { bySeverity, checks, count, crumbs, empty, facts, icon, keyHint, status } from "./parts.js";
import { pathTo } from "./paths.js";
import { glance } from "./services.js";

export function nodes() {
  const find = finder("Search names and addresses");

  function render({ nodes }, draw) {
    const shown = find.found(nodes, (node) => [node.name, node.address]);
    return [
      h("div", { class: "head" }, h("div", {}, h("h1", {}, "Nodes"), h("p", { class: "sub" }, count(nodes.length, "node")))),
      h("div", { class: "tools", key: "tools" }, find.box(draw)),
      shown.length > 0 ? h("ul", { class: "panel rows", "aria-label": "Nodes", key: "list" }, find.first(shown).map(row)) : empty("No node fits.", "Try other words."),
      find.rest(shown, draw),
      keyHint(),
    ];
  }

  return { title: "Nodes", follow: { view: "nodes" }, render };
}

function row(node) {
  return h("li", { key: node.name },
    h("span", { class: `status ${node.status}` }, icon(node.status), h("span", { class: "hidden-text" }, node.status)),
    h("div", { class: "grow" }, h("a", { class: "name", href: pathTo("nodes", node.name) }, node.name)),
    h("div", { class: "end" }, h("span", { class: "mono" }, node.address), h("span", { class: "health-text" }, count(node.instances, "instance"))));
}

export function node(name) {
  const find = finder("Search instances");

  function render({ node, instances }, draw) {
    if (!node) return [crumbs(["Nodes", "/ui/nodes"]), h("div", { class: "head" }, h("h1", {}, name)), empty("This node is not registered.", "")];
    const shown = find.found([...instances].sort(bySeverity), (each) => [each.service, each.id]);
    return [
      crumbs(["Nodes", "/ui/nodes"]),
      h("div", { class: "head" }, h("div", {}, h("h1", {}, name), h("p", { class: "sub mono" }, node.address)), status(node.status)),
      h("section", { class: `panel card ${node.status}` }, h("h2", {}, "Node checks"),
        node.why && h("p", { class: `why ${node.status}`, key: "why" }, node.why),
        facts(Object.entries(node.metadata)), checks(node.checks) ?? h("p", { class: "muted" }, "This node has no checks of its own.")),
      instances.length > glance && h("div", { class: "tools", key: "tools" }, find.box(draw)),
      shown.length > 0
        ? h("ul", { class: "panel rows", "aria-label": "Instances on this node", key: "list" }, find.first(shown).map((each) =>
          h("li", { key: `${each.service}/${each.id}` }, h("span", { class: `status ${each.status}` }, icon(each.status), h("span", { class: "hidden-text" }, each.status)),
            h("div", { class: "grow" }, h("a", { class: "name", href: pathTo("services", each.service) }, each.service)),
            h("div", { class: "end" }, h("span", { class: "mono" }, each.id)))))
        : instances.length > 0 ? empty("No instance fits.", "Try other words.") : empty("No instances run here.", ""),
      find.rest(shown, draw),
    ];
  }

  return { title: name, follow: { view: "node", name }, render };
}
