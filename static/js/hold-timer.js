// <hold-timer until="2026-11-22T14:32:00Z" data-minutes="held for you for {} minutes" …>: counts
// down the words the server wrote. Speaks only at 5 minutes and at the end, once each, so that a
// screen reader is not disturbed every minute.
class HoldTimer extends HTMLElement {
  connectedCallback() {
    this.until = Date.parse(this.getAttribute("until"));
    this.label = this.querySelector("[data-left]");
    this.voice = this.querySelector("[role=status]");
    this.said = new Set();
    if (!this.label || Number.isNaN(this.until)) return;
    this.tick();
    this.clock = setInterval(() => this.tick(), 5000);
  }

  disconnectedCallback() {
    clearInterval(this.clock);
  }

  tick() {
    const minutes = Math.ceil((this.until - Date.now()) / 60000);
    if (minutes <= 0) return this.end();
    const words = minutes === 1 ? this.dataset.minute : this.dataset.minutes;
    const text = words.replace("{}", minutes);
    if (this.label.textContent !== text) this.label.textContent = text;
    if (minutes === 5) this.say(this.dataset.soon);
  }

  end() {
    clearInterval(this.clock);
    this.setAttribute("data-over", "");
    this.label.textContent = this.dataset.free;
    this.say(this.dataset.ended);
    for (const button of this.querySelectorAll("button[value=extend]")) {
      button.value = "hold";
      button.firstChild.textContent = this.dataset.again;
    }
  }

  say(text) {
    if (!this.voice || this.said.has(text)) return;
    this.said.add(text);
    this.voice.textContent = text;
  }
}
customElements.define("hold-timer", HoldTimer);
