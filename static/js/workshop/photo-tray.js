// <photo-tray>: keeps each move of its <sorting-tray> and each name of a heap at once, and shows
// photographs as they become ready.
const EVERY = 3000;

class PhotoTray extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.said = this.querySelector("[data-said]");
    this.addEventListener("laid", (event) => this.keep(event.detail.item));
    this.addEventListener("change", (event) => this.rename(event.target));
    if (Number(this.dataset.waiting)) this.watch();
  }

  async keep(item) {
    const list = item.closest("[data-list]");
    const heap = list.dataset.key.startsWith("heap-");
    item.querySelector("[data-member]").name = heap ? list.dataset.key : "member";
    list.closest("[data-group]").classList.remove("heap--empty");
    await this.send(list, `${this.said.textContent} ${this.dataset.kept}`);
  }

  rename(field) {
    if (!field.matches("[data-title]")) return;
    const list = field.closest("[data-group]").querySelector("[data-list]");
    list.dataset.name = field.value;
    this.send(list, this.dataset.kept);
  }

  // The whole order of one list; a heap's goes under the name that stands over it.
  async send(list, said) {
    const key = list.dataset.key;
    const title = list.closest("[data-group]").querySelector("[data-title]");
    const body = new URLSearchParams({ _keep: "1", into: key });
    body.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    if (title) body.append(title.name, title.value);
    for (const one of list.querySelectorAll(":scope > [data-item]")) body.append("line", one.dataset.photo);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      this.say(said, "saved");
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
