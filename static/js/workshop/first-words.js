/* <first-words data-field>: the words that want to be said anew are selected; typing replaces them. */
class FirstWords extends HTMLElement {
  connectedCallback() {
    const field = document.getElementById(this.dataset.field);
    field?.focus({ preventScroll: true });
    field?.select();
  }
}
customElements.define('first-words', FirstWords);
