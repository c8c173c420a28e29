/* <pay-form>: a second press while the first is under way does nothing; a new shipping rate shows its total. */
class PayForm extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector('form');
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = 'yes';
      form.querySelector('[data-pay]').setAttribute('aria-disabled', 'true');
    });
    // A page taken from the browser's back-forward cache can be sent again.
    window.addEventListener('pageshow', () => {
      delete form.dataset.sent;
      form.querySelector('[data-pay]').removeAttribute('aria-disabled');
    });
    const update = form.querySelector('[data-update]');
    if (update) {
      update.hidden = true;
      update.hidden = true;
      form.addEventListener('change', (event) => {
        if (event.target.name === 'shipping_rate') form.requestSubmit(update);
      });
    }
  }
}
customElements.define('pay-form', PayForm);
