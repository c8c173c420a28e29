// <order-state src="/orders/…/state/" state="awaiting_payment">: asks whether the payment has
// arrived, more and more seldom, and loads the page again when it has.
class OrderState extends HTMLElement {
  connectedCallback() {
    this.wait = 1500;
    this.began = Date.now();
    this.clock = setTimeout(() => this.ask(), this.wait);
  }

  disconnectedCallback() {
    clearTimeout(this.clock);
  }

  async ask() {
    try {
      const response = await fetch(this.getAttribute("src"), { headers: { Accept: "application/json" } });
      const { state } = response.ok ? await response.json() : {};
      if (state && state !== this.getAttribute("state")) return location.reload();
    } catch {
      // Offline for a moment: ask again.
    }
    if (Date.now() - this.began > 10 * 60000) return;
    this.wait = Math.min(this.wait * 1.3, 10000);
    this.clock = setTimeout(() => this.ask(), this.wait);
  }
}
customElements.define("order-state", OrderState);
