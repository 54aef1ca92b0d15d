// Names in addresses, and back.
//
// Browsers take "." and ".." in a path for steps, however they are encoded. So a part of a name that is nothing else has a
// tilde put before it, and so has one that would look as if it had.

export function pathTo(section, name) {
  return `/ui/${section}/` + name.split("/").map((part) => encodeURIComponent(part.replace(/^~*\.{1,2}$/, "~$&"))).join("/");
}

export function nameIn(path) {
  return path.split("/").map((part) => decode(part).replace(/^~(~*\.{1,2})$/, "$1")).join("/");
}

function decode(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}
