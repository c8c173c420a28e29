// <late-part data-from="/admin/…">: a part of the page that is fetched once the rest is shown.
// Inside stands a link to where the same is read without a script.
class LatePart extends HTMLElement {
  async connectedCallback() {
    try {
      const response = await fetch(this.dataset.from, { headers: { Accept: "text/html" } });
      if (response.ok && !response.redirected) this.innerHTML = await response.text();
    } catch {
      // Offline: the link stands.
    }
  }
}
customElements.define("late-part", LatePart);
