// Keeps the words "available", "in a basket until 14:32" … true on pages that are kept for some
// seconds: asks for all pieces of the page at once, after it is shown and when one comes back.
// <p class="availability" data-piece="12">, and <form data-buy="12"> of a piece's own page.
const marks = () => [...document.querySelectorAll(".availability[data-piece]")];

async function ask() {
  const ids = [...new Set(marks().map((mark) => mark.dataset.piece))].slice(0, 60);
  if (!ids.length) return;
  try {
    const response = await fetch(`/pieces/availability/?ids=${ids.join()}`);
    if (response.ok) show(await response.json());
  } catch {
    // Offline: the words of the page stand.
  }
}

function show(pieces) {
  for (const mark of marks()) {
    const found = pieces[mark.dataset.piece];
    if (!found) continue;
    const word = mark.hasAttribute("data-alone") ? found.word : found.in_lists;
    if (mark.textContent !== word) mark.textContent = word;
    mark.dataset.state = found.state;
    const card = mark.closest(".piece-card");
    if (card) card.dataset.state = found.state;
  }
  dispatchEvent(new CustomEvent("availability:known", { detail: pieces }));
}

addEventListener("pageshow", ask);
addEventListener("basket:changed", ask);
