// <photo-tray>: keeps each move of its <sorting-tray> at once, and shows photographs as they become
// ready. Heaps are only suggested: a move between two of them is kept when a draft is made of it.
const EVERY = 3000;

class PhotoTray extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.said = this.querySelector("[data-said]");
    this.addEventListener("laid", (event) => this.keep(event.detail.item));
    if (Number(this.dataset.waiting)) this.watch();
  }

  async keep(item) {
    const list = item.closest("[data-list]");
    const key = list.dataset.key;
    const heap = key.startsWith("heap-");
    const was = item.dataset.loose ?? String(item.querySelector("[data-member]").name.startsWith("heap-"));
    item.querySelector("[data-member]").name = heap ? key : "member";
    item.dataset.loose = String(heap);
    list.closest("[data-group]").classList.toggle("heap--empty", false);
    if (heap && was === "true") return;
    const body = new URLSearchParams({ _keep: "1", into: heap ? "loose" : key });
    body.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    const line = heap ? [item] : list.querySelectorAll(":scope > [data-item]");
    for (const one of line) body.append("line", one.dataset.photo);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      this.say(`${this.said.textContent} ${this.dataset.kept}`, "saved");
    } catch {
      this.say(this.dataset.lost, "offline");
    }
  }

  say(text, state) {
    this.said.textContent = text;
    this.said.dataset.state = state;
  }

  watch() {
    this.clock = setInterval(() => this.look(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.clock);
  }

  async look() {
    if (document.hidden) return;
    let states;
    try { states = await (await fetch(this.dataset.state, { headers: { Accept: "application/json" } })).json(); } catch { return; }
    let waiting = 0;
    for (const item of this.querySelectorAll("[data-ready=waiting]")) {
      const [state, file, refusal] = states[item.dataset.photo] ?? ["refused", null, ""];
      if (state === "waiting") waiting += 1;
      else this.show(item, state, file, refusal);
    }
    if (!waiting) clearInterval(this.clock);
  }

  show(item, state, file, refusal) {
    item.dataset.ready = state;
    const words = item.querySelector(".snap__state");
    if (file) {
      const image = document.createElement("img");
      Object.assign(image, { className: "plate", src: file[0], width: file[1], height: file[2], alt: "", draggable: false });
      item.querySelector(".plate").replaceWith(image);
      words?.remove();
    } else if (words) {
      words.textContent = refusal;
      words.classList.add("snap__state--bad");
    }
  }
}

customElements.define("photo-tray", PhotoTray);
