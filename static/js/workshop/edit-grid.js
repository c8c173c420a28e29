/* <edit-grid>: marks what was changed, and goes down on Enter as in a table. Works without it. */
class EditGrid extends HTMLElement {
  connectedCallback() {
    this.addEventListener('input', event => {
      const field = event.target;
      if (field.name?.startsWith('form-')) field.toggleAttribute('data-changed', field.value !== field.defaultValue);
    });
    this.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || !event.target.name?.startsWith('form-')) return;
      event.preventDefault();
      const [, row, ...field] = event.target.name.split('-');
      this.querySelector(`[name="form-${+row + (event.shiftKey ? -1 : 1)}-${field.join('-')}"]`)?.focus();
    });
  }
}
customElements.define('edit-grid', EditGrid);
