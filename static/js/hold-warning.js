// <hold-warning>: says on whatever page one is that the basket's time is running out, five minutes
// before it does, and extends it with one press. cart-count.js asks for how long it is yet.
const SOON = 300;

class HoldWarning extends HTMLElement {
  connectedCallback() {
    this.voice = this.querySelector("[role=status]");
    this.form = this.querySelector("form");
    this.button = this.querySelector("button");
    this.form.addEventListener("submit", (event) => this.extend(event));
    addEventListener("basket:time", (event) => this.set(event.detail));
  }

  set({ seconds, longer }) {
    clearInterval(this.clock);
    this.form.hidden = true;
    if (!(seconds > 0)) return;
    this.until = Date.now() + seconds * 1000;
    this.button.hidden = !longer;
    this.clock = setInterval(() => this.tick(), 5000);
    this.tick();
  }

  tick() {
    const left = (this.until - Date.now()) / 1000;
    if (left <= 0) return this.end();
    if (left > SOON || !this.form.hidden) return;
    const { soon, longer, last } = this.dataset;
    this.show(`${soon} ${this.button.hidden ? last : longer}`);
  }

  end() {
    clearInterval(this.clock);
    this.button.hidden = true;
    this.show(this.dataset.ended);
  }

  show(text) {
    this.form.querySelector("p").textContent = text;
    this.form.hidden = false;
    this.voice.textContent = text;
  }

  async extend(event) {
    event.preventDefault();
    try {
      const response = await fetch(this.form.action, { method: "POST", headers: { Accept: "text/plain" } });
      if (!response.ok) throw new Error(response.status);
      this.set({ seconds: Number(response.headers.get("Held-For")), longer: response.headers.get("Held-Longer") === "yes" });
      this.voice.textContent = this.dataset.held;
    } catch {
      this.form.submit(); // the page that answers says what is the matter
    }
  }
}
customElements.define("hold-warning", HoldWarning);
