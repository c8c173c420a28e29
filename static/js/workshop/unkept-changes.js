/* <unkept-changes>: says whether what was typed is kept, and asks before it would be lost. */
class UnkeptChanges extends HTMLElement {
  connectedCallback() {
    const form = this.closest('form');
    if (this.dataset.hint) this.textContent = this.dataset.hint;
    form.addEventListener('input', () => this.note());
    form.addEventListener('laid', () => this.note());
    form.addEventListener('submit', () => { this.sent = true; });
    window.addEventListener('beforeunload', event => { if (this.changed && !this.sent) event.preventDefault(); });
  }
  note() {
    this.changed = true;
    this.dataset.state = 'saving';
    this.textContent = this.dataset.changed;
  }
}
customElements.define('unkept-changes', UnkeptChanges);
