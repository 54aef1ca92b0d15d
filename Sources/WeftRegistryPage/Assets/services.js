// All services, and one of them with its instances.

import { h } from "./dom.js";
import { finder } from "./finder.js";
import { bySeverity, checks, count, crumbs, empty, facts, health, healthText, icon, keyHint, pill, status, tags, worst } from "./parts.js";
import { pathTo } from "./paths.js";

const filters = { all: "All", critical: "Critical", warning: "Warning", passing: "Passing" };

export function services() {
  const find = finder("Search names and tags");
  let filter = "all";

  function render({ services }, draw) {
    const sum = { passing: 0, warning: 0, critical: 0 };
    for (const each of services) for (const name of Object.keys(sum)) sum[name] += each[name];
    const shown = find.found(services, (each) => [each.name, ...each.tags]).filter((each) => filter === "all" || worst(each) === filter);
    const of = (name) => (name === "all" ? services.length : services.filter((each) => worst(each) === name).length);
    return [
      h("div", { class: "head" },
        h("div", {}, h("h1", {}, "Services"),
          h("p", { class: "sub" }, `${count(services.length, "service")}, ${count(sum.passing + sum.warning + sum.critical, "instance")}`)),
        h("div", { class: "summary" }, ["critical", "warning", "passing"].filter((name) => sum[name] > 0)
          .map((name) => pill(name, `${sum[name]} ${name}`)))),
      h("div", { class: "tools", key: "tools" },
        find.box(draw),
        h("div", { class: "segments", role: "group", "aria-label": "Show" }, Object.entries(filters).map(([name, text]) =>
          h("button", { type: "button", "aria-pressed": filter === name ? "true" : "false", onclick: () => { filter = name; draw(); } },
            `${text} ${of(name)}`)))),
      shown.length > 0
        ? h("ul", { class: "panel rows", "aria-label": "Services", key: "list" }, find.first(shown).map(row))
        : services.length === 0
          ? empty("No services yet.", "They appear here as they register.")
          : empty("No service fits.", "Try other words, or show all."),
      find.rest(shown, draw),
      keyHint(),
    ];
  }

  return { title: "Services", follow: { view: "services" }, render };
}

function row(service) {
  const state = worst(service);
  return h("li", { key: service.name },
    h("span", { class: `status ${state}` }, icon(state), h("span", { class: "hidden-text" }, state)),
    h("div", { class: "grow" }, h("a", { class: "name", href: pathTo("services", service.name) }, service.name), tags(service.tags)),
    h("div", { class: "end" }, h("span", { class: "health-text" }, healthText(service)), health(service)));
}

// A list that is seen at a glance needs no search.
export const glance = 10;

export function service(name) {
  const find = finder("Search instances");

  function render({ instances }, draw) {
    const counts = { passing: 0, warning: 0, critical: 0 };
    for (const instance of instances) counts[instance.status] += 1;
    const sorted = [...instances].sort((a, b) => bySeverity(a, b) || a.id.localeCompare(b.id, "en", { numeric: true }));
    const shown = find.found(sorted, (each) => [each.id, address(each), each.node, each.version, each.zone, ...each.tags, ...Object.values(each.metadata)]);
    return [
      crumbs(["Services", "/ui/services"]),
      h("div", { class: "head" },
        h("div", {}, h("h1", {}, name), h("p", { class: "sub" }, count(instances.length, "instance"))),
        h("div", { class: "summary" }, ["critical", "warning", "passing"].filter((each) => counts[each] > 0)
          .map((each) => pill(each, `${counts[each]} ${each}`)))),
      instances.length > glance && h("div", { class: "tools", key: "tools" }, find.box(draw)),
      shown.length > 0
        ? h("div", { role: "list", "aria-label": "Instances", key: "list" }, find.first(shown).map(instanceCard))
        : instances.length > 0
          ? empty("No instance fits.", "Try other words.")
          : empty("Nobody runs this service now.", "An instance appears here as soon as it registers."),
      find.rest(shown, draw),
    ];
  }

  return { title: name, follow: { view: "service", name }, render };
}

function address({ address, port }) {
  if (!address) return port ? `:${port}` : "";
  return (address.includes(":") ? `[${address}]` : address) + (port ? `:${port}` : "");
}

function instanceCard(instance) {
  const metadata = Object.entries(instance.metadata);
  return h("section", { class: `panel card ${instance.status}`, role: "listitem", key: `${instance.node}/${instance.id}` },
    h("div", { class: "card-head" }, h("h2", {}, instance.id), h("span", { class: "mono" }, address(instance)), status(instance.status)),
    instance.why && h("p", { class: `why ${instance.status}`, key: "why" }, instance.why),
    facts([["Node", instance.node], ["Version", instance.version], ["Zone", instance.zone],
      ["Weight", instance.weight === 1 ? "" : instance.weight], ["Lease", instance.lease], ...metadata]),
    tags(instance.tags), checks(instance.checks));
}
