// Keeps "available", "in a basket until 14:32" … true on pages that are kept for some seconds:
// asks for all pieces of the page at once, when it is shown and when one comes back to it.
// Marks are <p class="availability" data-piece="12">; a piece's own page has <form id="buy"
// data-piece="12"> with its sizes as inputs called variant.
const marks = () => [...document.querySelectorAll(".availability[data-piece]")];
const buy = document.querySelector("form#buy[data-piece]");

async function ask() {
  const pieces = [...(buy ? [buy.dataset.piece] : []), ...marks().map((mark) => mark.dataset.piece)];
  const ids = [...new Set(pieces)].slice(0, 60).join();
  if (!ids) return;
  try {
    const response = await fetch(`/pieces/availability/?ids=${ids}${buy ? "&sizes" : ""}`);
    if (response.ok) show(await response.json());
  } catch {
    // Offline: the words of the page stand.
  }
}

function show(pieces) {
  for (const mark of marks()) {
    const found = pieces[mark.dataset.piece];
    if (!found) continue;
    say(mark, "alone" in mark.dataset ? found.word : found.in_lists);
    mark.dataset.state = found.state;
    const card = mark.closest(".piece-card");
    if (card) card.dataset.state = found.state;
    if (found.yours && "alone" in mark.dataset) leadToBasket(found.button);
  }
  const bought = buy && pieces[buy.dataset.piece];
  if (bought) showSizes(bought);
}

function showSizes(piece) {
  const inputs = [...buy.querySelectorAll("[name=variant]")];
  for (const input of inputs) {
    const size = piece.sizes?.[input.value];
    if (!size || input.disabled) continue;
    input.dataset.state = size.state;
    if (can(size)) continue;
    input.disabled = true;
    const note = input.parentElement.querySelector("small");
    if (note) say(note, size.note);
  }
  const free = inputs.filter((input) => !input.disabled);
  if (!free.length) return close(inputs.map((input) => piece.sizes?.[input.value]).find(Boolean) ?? piece);
  if (free[0].type === "radio" && !free.some((input) => input.checked)) free[0].checked = true;
}

// Nothing of it can be put in the basket: because it is there already, or somebody else has it.
function close(found) {
  const [word, ...others] = document.querySelectorAll(".buy-box__price .availability");
  const promises = document.querySelectorAll(".promise[data-when]");
  for (const other of [...others, ...promises]) other.hidden = true;
  say(word, found.word);
  word.dataset.state = found.state;
  delete word.dataset.when;
  if (found.yours) Object.assign(buy, { method: "get", action: "/cart/" });
  for (const button of document.querySelectorAll("button[form=buy], form#buy button[type=submit]")) {
    say(button, found.yours ? found.button : found.word);
    button.disabled = !found.yours;
  }
}

// The page was made while it was in a basket, and that basket is this browser's.
function leadToBasket(words) {
  for (const link of document.querySelectorAll(".buy-bar a")) {
    link.href = "/cart/";
    say(link, words);
  }
  const link = Object.assign(document.createElement("a"), { href: "/cart/", textContent: words });
  link.className = "button button--wide";
  document.querySelector("div#buy")?.replaceChildren(link);
}

function can(found) {
  return !found.yours && (found.state === "available" || found.state === "made");
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

addEventListener("pageshow", ask);
