// <cart-count>: how many pieces are in this browser's basket. Public pages are the same for
// everybody, so the number is asked for after they are shown.
class CartCount extends HTMLElement {
  connectedCallback() {
    addEventListener("basket:changed", this);
    addEventListener("pageshow", this);
    this.ask();
  }

  disconnectedCallback() {
    removeEventListener("basket:changed", this);
    removeEventListener("pageshow", this);
  }

  handleEvent(event) {
    if (event.type === "basket:changed") this.show(event.detail.count);
    else if (event.persisted) this.ask(); // came back by the back button
  }

  async ask() {
    try {
      const response = await fetch("/cart/count/", { headers: { Accept: "text/plain" } });
      if (!response.ok) return;
      this.show(await response.text());
      const seconds = Number(response.headers.get("Held-For"));
      const longer = response.headers.get("Held-Longer") === "yes";
      dispatchEvent(new CustomEvent("basket:time", { detail: { seconds, longer } }));
    } catch {
      // Offline: the link still works.
    }
  }

  show(count) {
    const text = Number(count) ? String(count) : "";
    if (this.textContent === text) return;
    this.toggleAttribute("data-changed", this.textContent !== "");
    this.textContent = text;
    setTimeout(() => this.removeAttribute("data-changed"), 1500);
  }
}
customElements.define("cart-count", CartCount);
