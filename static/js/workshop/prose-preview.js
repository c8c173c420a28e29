/* <prose-preview>: Markdown as the shop sets it, below its field. Without script it opens alone. */
class ProsePreview extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('[data-ask]');
    button.addEventListener('click', event => { event.preventDefault(); this.toggle(button); });
    document.getElementById(this.dataset.for)?.addEventListener('input', () => this.soon());
  }

  toggle(button) {
    if (this.shown) { this.shown.remove(); this.shown = null; button.setAttribute('aria-expanded', 'false'); return; }
    this.shown = document.createElement('div');
    this.shown.className = 'prose-set';
    this.shown.setAttribute('role', 'region');
    this.shown.setAttribute('aria-label', this.dataset.word);
    this.append(this.shown);
    button.setAttribute('aria-expanded', 'true');
    this.set();
  }

  soon() {
    if (!this.shown) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.set(), 400);
  }

  async set() {
    const field = document.getElementById(this.dataset.for);
    const token = this.closest('form').elements.csrfmiddlewaretoken.value;
    const body = new URLSearchParams({ [field.name]: field.value, csrfmiddlewaretoken: token });
    try {
      const response = await fetch(`${this.dataset.url}?field=${encodeURIComponent(field.name)}`, { method: 'POST', body });
      if (!response.ok || response.redirected || !this.shown) return;
      const main = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main');
      this.shown.replaceChildren(...main.childNodes);
    } catch { /* the line is gone */ }
  }
}
customElements.define('prose-preview', ProsePreview);
