// <figure-chart data-chart="[words, numbers]" data-kind="seen">: the server's bars drawn anew by
// uPlot, so that a pointer or a finger on a bar says its day and number in the line below.
// The drawing it replaces stays for screen readers, the table for keyboards.
const PEAKS = { seen: "--ink", held: "--copper", sold: "--verdigris" };

class FigureChart extends HTMLElement {
  connectedCallback() {
    if (!window.uPlot || this.chart) return;
    [this.words, this.numbers] = JSON.parse(this.dataset.chart);
    this.said = this.parentElement.querySelector(".axis__said");
    this.usual = this.said.textContent;
    const data = [this.numbers.map((_number, place) => place), this.numbers];
    this.chart = new uPlot(this.options(), data, this);
    this.toggleAttribute("data-drawn", true);
    this.chart.root.setAttribute("aria-hidden", "true");
    this.sizes = new ResizeObserver(() => this.chart.setSize(this.size()));
    this.sizes.observe(this);
    this.evening = new MutationObserver(() => this.chart.redraw());
    this.evening.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.chart.redraw());
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    this.evening?.disconnect();
  }

  size() {
    return { width: Math.max(1, this.clientWidth), height: Math.max(1, this.clientHeight) };
  }

  options() {
    const fill = { unit: 3, values: () => this.colours() };
    const bars = uPlot.paths.bars({ size: [0.8, 60], align: 0, disp: { fill } });
    return {
      ...this.size(),
      padding: [2, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      scales: {
        x: { time: false, range: [-0.5, this.numbers.length - 0.5] },
        y: { range: (_chart, _least, most) => [0, Math.max(1, most ?? 1)] },
      },
      axes: [{ show: false }, { show: false }],
      series: [{}, { paths: bars, width: 0, points: { show: false }, fill: () => this.colour("--rule-firm") }],
      hooks: { setCursor: [(chart) => this.say(chart.cursor.idx)] },
    };
  }

  colours() {
    const most = this.numbers.indexOf(Math.max(...this.numbers));
    const [usual, peak] = [this.colour("--rule-firm"), this.colour(PEAKS[this.dataset.kind])];
    return this.numbers.map((_number, place) => (place === most ? peak : usual));
  }

  // light-dark() is worked out for a property, not for a variable.
  colour(name) {
    this.style.color = `var(${name})`;
    const colour = getComputedStyle(this).color;
    this.style.color = "";
    return colour;
  }

  say(place) {
    this.said.textContent = place == null ? this.usual : `${this.words[place]}: ${this.numbers[place]}`;
  }
}
customElements.define("figure-chart", FigureChart);
