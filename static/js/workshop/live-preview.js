/* <live-preview>: the kept draft as a shopper sees it, phone or desktop wide. */
class LivePreview extends HTMLElement {
  connectedCallback() {
    const frame = this.querySelector('.preview__frame');
    this.querySelector('.toggle').hidden = false;
    this.addEventListener('click', event => {
      const button = event.target.closest('button[data-width]');
      if (!button) return;
      frame.dataset.width = button.dataset.width;
      for (const one of this.querySelectorAll('button[data-width]')) one.setAttribute('aria-pressed', one === button);
    });
  }
}
customElements.define('live-preview', LivePreview);
