// <focal-point>: without it, pressing the picture posts focus.x and focus.y (input type=image), or one
// types per cents. With it the mark is dragged or moved by arrow keys, and every crop follows at once.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class FocalPoint extends HTMLElement {
  connectedCallback() {
    this.stage = this.querySelector(".focal__stage");
    this.mark = this.querySelector("[data-mark]");
    [this.x, this.y] = this.querySelectorAll("input[type=number]");
    this.addEventListener("input", () => this.set(+this.x.value, +this.y.value, false));
    if (!this.stage) return;
    this.stage.addEventListener("click", (event) => {
      event.preventDefault();
      if (event.detail && event.target !== this.mark) this.at(event);
    });
    this.mark.addEventListener("pointerdown", (event) => {
      this.mark.setPointerCapture(event.pointerId);
      this.mark.onpointermove = (moved) => this.at(moved);
    });
    for (const t of ["pointerup", "pointercancel"]) this.mark.addEventListener(t, () => { this.mark.onpointermove = null; });
    this.mark.addEventListener("keydown", (event) => this.key(event));
    this.set(+this.x.value, +this.y.value);
  }

  key(event) {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1;
    this.set(+this.x.value + step[0] * far, +this.y.value + step[1] * far);
  }

  at(event) {
    const box = this.stage.querySelector("input").getBoundingClientRect();
    this.set((100 * (event.clientX - box.x)) / box.width, (100 * (event.clientY - box.y)) / box.height);
  }

  set(x, y, write = true) {
    [x, y] = [x, y].map((value) => Math.round(Math.min(100, Math.max(0, value || 0))));
    if (write) [this.x.value, this.y.value] = [x, y];
    if (!this.stage) return;
    this.style.setProperty("--fx", `${x}%`);
    this.style.setProperty("--fy", `${y}%`);
    this.mark.querySelector("[data-where]").textContent = this.dataset.said.replace("{x}", x).replace("{y}", y);
    for (const crop of this.querySelectorAll("svg[data-across]")) crop.setAttribute("viewBox", this.box(crop, x, y));
  }

  // As shop.images.crop_box on the server: centred on the point as far as the picture reaches.
  box(crop, x, y) {
    const [width, height] = [+this.dataset.width, +this.dataset.height];
    const [across, down] = [+crop.dataset.across, +crop.dataset.down];
    const wide = width * down > height * across;
    const w = wide ? Math.floor((height * across) / down) : width;
    const h = wide ? height : Math.floor((width * down) / across);
    const start = (whole, part, percent) => Math.min(Math.max(Math.floor((whole * percent) / 100 - part / 2 + 0.5), 0), whole - part);
    return `${start(width, w, x)} ${start(height, h, y)} ${w} ${h}`;
  }
}

customElements.define("focal-point", FocalPoint);
