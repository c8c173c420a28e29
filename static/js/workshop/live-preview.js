/* <live-preview>: what is typed as a shopper will see it, phone or desktop wide, a moment after the
   last key. Nothing is kept by it. Without script its button posts the form into the frame. */
const QUIET = 600; // milliseconds after the last key

class LivePreview extends HTMLElement {
  connectedCallback() {
    this.frame = this.querySelector('iframe');
    const frame = this.querySelector('.preview__frame');
    this.querySelector('.toggle').hidden = false;
    this.addEventListener('click', event => {
      const button = event.target.closest('button[data-width]');
      if (!button) return;
      frame.dataset.width = button.dataset.width;
      for (const one of this.querySelectorAll('button[data-width]')) one.setAttribute('aria-pressed', one === button);
    });
    this.form = this.closest('form');
    if (!this.form || !this.dataset.url || !this.querySelector('[data-show]')) return;
    for (const name of ['input', 'laid', 'told']) this.form.addEventListener(name, () => this.soon());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), QUIET);
  }

  async show() {
    if (this.busy) return this.soon();
    this.busy = true;
    try {
      const body = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === 'string'));
      const response = await fetch(this.dataset.url, { method: 'POST', body });
      if (response.ok && !response.redirected) this.lay(await response.text());
    } catch { /* the line is gone: the frame shows what it showed, the keeper says so */ }
    this.busy = false;
  }

  // Only the page's main part is exchanged: it stays scrolled where it was, and no script runs anew.
  lay(html) {
    const there = this.frame.contentDocument?.querySelector('main');
    const next = new DOMParser().parseFromString(html, 'text/html').querySelector('main');
    if (there && next) there.replaceWith(this.frame.contentDocument.adoptNode(next));
  }
}
customElements.define('live-preview', LivePreview);
