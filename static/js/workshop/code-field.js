// <code-field>: six figures in two threes; sends by itself when they are there.
class CodeField extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    input.addEventListener("input", () => {
      const figures = input.value.replace(/\D/g, "").slice(0, 6);
      input.value = figures.length > 3 ? `${figures.slice(0, 3)} ${figures.slice(3)}` : figures;
      if (figures.length < 6) return;
      input.removeAttribute("aria-invalid");
      input.form.requestSubmit();
    });
  }
}

customElements.define("code-field", CodeField);
