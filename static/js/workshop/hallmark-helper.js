/* <hallmark-helper>: says while the form is filled in what catalog/hallmarks.py says once it is kept.
   Both are held to tests/catalog/hallmarks.json. Weights are mg; data-metals is what each material of the list is. */
const LIMITS = { platinum: 500, gold: 1000, palladium: 1000, silver: 7780 }, LEAST = { platinum: 850, gold: 375, palladium: 500, silver: 800 };

export function readMark(fineness, weight, marked) {
  const metals = Object.keys(LIMITS).filter(metal => metal in fineness);
  if (!metals.length) return { state: 'none', metals };
  const low = metals.find(metal => (fineness[metal] ?? LEAST[metal]) < LEAST[metal]), limit = LIMITS[metals[0]];
  if (low) return { state: 'low', metals, low, weight, limit: LIMITS[low] };
  if (!weight) return { state: marked ? 'marked' : 'unknown', metals, limit };
  if (weight < limit) return { state: 'free', metals, weight, limit };
  return { state: marked ? 'marked' : 'must', metals, weight, limit };
}

const grams = mg => String(mg / 1000);
const milligrams = text => Math.round(parseFloat(text.replace(',', '.')) * 1000) || 0;

if (globalThis.customElements) {
  customElements.define('hallmark-helper', class extends HTMLElement {
    connectedCallback() {
      this.words = JSON.parse(this.dataset.words);
      this.metals = JSON.parse(this.dataset.metals);
      this.form = this.closest('form');
      this.form.addEventListener('input', event => { if (/weight|hallmark|piece_materials/.test(event.target.name)) this.say(); });
    }
    say() {
      const value = name => this.form.elements[name]?.value ?? '';
      const weight = milligrams(value('metal_weight')) || milligrams(value('weight'));
      const mark = readMark(this.fineness(), weight, Boolean(value('hallmark').trim()));
      const metal = mark.low ?? mark.metals[0], { titles, sentences, names, stones, mixed } = this.words;
      const with_ = { metal: names[metal], weight: grams(mark.weight ?? 0), limit: grams(mark.limit ?? 0), least: LEAST[metal] };
      const notes = [mark.metals.length > 1 && mixed, mark.weight && !milligrams(value('metal_weight')) && this.hasStones && stones].filter(Boolean);
      this.dataset.state = mark.state;
      this.querySelector('[data-say] b').textContent = titles[mark.state];
      this.querySelector('[data-say] span').textContent = [sentences[mark.state].replace(/%\((\w+)\)s/g, (_, name) => with_[name]), ...notes].join(' ');
      for (const row of this.querySelectorAll('[data-metal]')) {
        const cell = row.lastElementChild, isIn = mark.metals.includes(row.dataset.metal);
        cell.textContent = isIn ? cell.dataset.in : cell.dataset.out;
        cell.classList.toggle('soft', !isIn);
      }
    }
    rows() {
      return [...this.form.querySelectorAll('select[name^="piece_materials-"][name$="-material"]')].map(select => {
        const name = select.name.replace(/material$/, ''), field = part => this.form.elements[name + part];
        return { material: this.metals[select.value], id: select.value, role: field('role')?.value, out: field('DELETE')?.checked };
      }).filter(row => row.id && !row.out);
    }
    fineness() {
      const found = {};
      for (const { material, role } of this.rows()) if (material && role === 'metal') found[material[0]] ??= material[1];
      return found;
    }
    get hasStones() { return this.rows().some(row => row.role === 'stone' || row.role === 'other'); }
  });
}
