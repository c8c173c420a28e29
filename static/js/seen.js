// Says once that a page was looked at, when somebody does look: not while it is only fetched
// ahead, not again when they reload or come back to it. <meta name="seen" content="piece 12">
// names what; nothing of who. docs/figures.md tells what is counted.
const [what, id] = document.querySelector("meta[name=seen]")?.content.split(" ") ?? [];
const how = performance.getEntriesByType("navigation")[0]?.type;

function say() {
  if (document.visibilityState !== "visible" || document.prerendering) return;
  document.removeEventListener("visibilitychange", say);
  document.removeEventListener("prerenderingchange", say);
  const body = new URLSearchParams({ what, id });
  fetch("/seen/", { method: "POST", body, keepalive: true }).catch(() => {}); // offline: not counted
}

if (what && how !== "reload" && how !== "back_forward") {
  document.addEventListener("visibilitychange", say);
  document.addEventListener("prerenderingchange", say);
  say();
}
