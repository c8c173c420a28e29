// A size that cannot be chosen was pressed: its maker is told that it was wanted, and who pressed
// it is told that. <form id="buy" data-piece="12">, and <p class="size-asked" role="status">
// with the sentence in data-said. Without this, the form below the sizes does the same.
const buy = document.querySelector("form#buy[data-piece]");
const line = document.querySelector(".size-asked");
const asked = new Set();

function ask(event) {
  const label = event.target.closest("label");
  if (!label?.querySelector("input[name=variant]:disabled")) return;
  const size = label.querySelector("b").textContent.trim();
  line.textContent = line.dataset.said.replace("{size}", size);
  if (asked.has(size)) return;
  asked.add(size);
  const body = new URLSearchParams({ piece: buy.dataset.piece, size });
  fetch("/sizes/asked/", { method: "POST", body, headers: { Accept: "text/plain" } }).catch(() => {});
}

if (buy && line) buy.addEventListener("click", ask);
