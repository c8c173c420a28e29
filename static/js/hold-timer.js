// <hold-timer seconds="1740" data-minutes="held for you for {} minutes" …>: counts down the words
// the server wrote. Warns five minutes before the end and at the end, once each, for all to see
// and so that a screen reader is not disturbed every minute.
const SOON = 5;

class HoldTimer extends HTMLElement {
  connectedCallback() {
    this.until = Date.now() + Number(this.getAttribute("seconds")) * 1000;
    this.label = this.querySelector("[data-left]");
    this.voice = this.querySelector("[role=status]");
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
    // A tab that slept may wake up later than five minutes before the end.
    if (minutes <= SOON) this.say(this.dataset.soon);
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
    if (this.voice && this.voice.textContent !== text) this.voice.textContent = text;
  }
}
customElements.define("hold-timer", HoldTimer);
