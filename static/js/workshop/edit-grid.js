/* <edit-grid>: marks what differs from what was there, ticks all at once, and goes down on Enter as in a table. Works without it. */
class EditGrid extends HTMLElement {
  connectedCallback() {
    this.form = this.closest('form');
    this.addEventListener('input', event => this.mark(event.target));
    this.addEventListener('keydown', event => this.goDown(event));
    this.addEventListener('change', event => this.tick(event.target));
    const fields = [...this.querySelectorAll('[name^="form-"]')];
    fields.forEach(field => this.mark(field));
    if (fields.some(field => 'changed' in field.dataset)) this.dispatchEvent(new Event('laid', { bubbles: true }));
    this.count();
  }
  mark(field) {
    const seen = this.form.elements[`initial-${field.name}`];
    if (seen) field.toggleAttribute('data-changed', field.value !== seen.value);
  }
  goDown(event) {
    if (event.key !== 'Enter' || !event.target.name?.startsWith('form-')) return;
    event.preventDefault();
    const [, row, ...field] = event.target.name.split('-'), step = event.shiftKey ? -1 : 1;
    for (let next = +row + step, found; (found = this.form.elements[`form-${next}-id`]); next += step) {
      const there = this.form.elements[`form-${next}-${field.join('-')}`];
      if (there) return there.focus();
    }
  }
  tick(box) {
    if (box.id === 'action-toggle') for (const one of this.boxes) one.checked = box.checked;
    this.count();
  }
  count() {
    const ticked = this.boxes.filter(box => box.checked).length, line = this.querySelector('[data-chosen]');
    if (line) line.textContent = ticked ? line.dataset.some.replace('%s', ticked) : line.dataset.none;
  }
  get boxes() { return [...this.querySelectorAll('.action-select')]; }
}
customElements.define('edit-grid', EditGrid);
