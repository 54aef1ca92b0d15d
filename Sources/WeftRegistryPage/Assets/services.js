// All services, and one of them with its instances.

import { h } from "./dom.js";
import { checks, count, crumbs, empty, facts, health, healthText, icon, keyHint, pill, status, tags, worst } from "./parts.js";

export const servicePath = (name) => "/ui/services/" + name.split("/").map(encodeURIComponent).join("/");

const filters = { all: "All", critical: "Critical", warning: "Warning", passing: "Passing" };

export function services() {
  let search = "";
  let filter = "all";

  function render({ services }, draw) {
    const sum = { passing: 0, warning: 0, critical: 0 };
    for (const each of services) for (const name of Object.keys(sum)) sum[name] += each[name];
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = services.filter((each) =>
      (filter === "all" || worst(each) === filter)
      && words.every((word) => each.name.toLowerCase().includes(word) || each.tags.some((tag) => tag.toLowerCase().includes(word))));
    const of = (name) => (name === "all" ? services.length : services.filter((each) => worst(each) === name).length);
    return [
      h("div", { class: "head" },
        h("div", {}, h("h1", {}, "Services"),
          h("p", { class: "sub" }, `${count(services.length, "service")}, ${count(sum.passing + sum.warning + sum.critical, "instance")}`)),
        h("div", { class: "summary" }, ["critical", "warning", "passing"].filter((name) => sum[name] > 0)
          .map((name) => pill(name, `${sum[name]} ${name}`)))),
      h("div", { class: "tools", key: "tools" },
        h("input", { type: "search", placeholder: "Search names and tags", "aria-label": "Search names and tags", "aria-keyshortcuts": "/",
          oninput: (event) => { search = event.target.value; draw(); } }),
        h("div", { class: "segments", role: "group", "aria-label": "Show" }, Object.entries(filters).map(([name, text]) =>
          h("button", { type: "button", "aria-pressed": filter === name ? "true" : "false", onclick: () => { filter = name; draw(); } },
            `${text} ${of(name)}`)))),
      shown.length > 0
        ? h("ul", { class: "panel rows", "aria-label": "Services", key: "list" }, shown.map(row))
        : services.length === 0
          ? empty("No services yet.", "They appear here as they register.")
          : empty("No service fits.", "Try other words, or show all."),
      keyHint(),
    ];
  }

  return { title: "Services", follow: { view: "services" }, render };
}

function row(service) {
  const state = worst(service);
  return h("li", { key: service.name },
    h("span", { class: `status ${state}` }, icon(state), h("span", { class: "hidden-text" }, state)),
    h("div", { class: "grow" }, h("a", { class: "name", href: servicePath(service.name) }, service.name), tags(service.tags)),
    h("div", { class: "end" }, h("span", { class: "health-text" }, healthText(service)), health(service)));
}

export function service(name) {
  function render({ instances }) {
    const counts = { passing: 0, warning: 0, critical: 0 };
    for (const instance of instances) counts[instance.status] += 1;
    const rank = { critical: 0, warning: 1, passing: 2 };
    const sorted = [...instances].sort((a, b) => rank[a.status] - rank[b.status] || a.id.localeCompare(b.id, "en", { numeric: true }));
    return [
      crumbs(["Services", "/ui/services"]),
      h("div", { class: "head" },
        h("div", {}, h("h1", {}, name), h("p", { class: "sub" }, count(instances.length, "instance"))),
        h("div", { class: "summary" }, ["critical", "warning", "passing"].filter((each) => counts[each] > 0)
          .map((each) => pill(each, `${counts[each]} ${each}`)))),
      instances.length > 0
        ? h("div", { role: "list", "aria-label": "Instances", key: "list" }, sorted.map(instanceCard))
        : empty("Nobody runs this service now.", "An instance appears here as soon as it registers."),
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
