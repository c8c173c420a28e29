/* <size-run data-ring>: says back what a run of sizes means while it is typed; the server reads the same words.
   Held with catalog/size_runs.py to tests/catalog/size_runs.json. Values are hundredths of a scale's unit, sizes 0.01 mm. */
const MOST = 60, NAMED = 12, FINEST = { us: 25, uk: 50, jp: 100 }, FRACTIONS = { 25: ' ¼', 50: ' ½', 75: ' ¾' };
const STEPS = { half: 50, halves: 50, quarter: 25, quarters: 25, whole: 100, wholes: 100 };

export class NotARun extends Error {}
const refuse = code => { throw new NotARun(code); };

export function readRun(text, ring) {
  const { scale, words, step } = takenApart(plain(text), ring);
  const values = [...new Set(words.flatMap(word => valuesOf(word, scale, step)))].sort((a, b) => a - b);
  if (!values.length) refuse('unread');
  if (values.length > MOST) refuse('many');
  const sizes = values.map(value => sizeOf(value, scale)), [least, most] = ring ? [3600, 8000] : [100, 500000];
  if (sizes[0] < least || sizes.at(-1) > most) refuse('beyond');
  return { scale, sizes, labels: sizes.map(size => ring ? number(scale === 'mm' ? size : Math.floor((size + 5) / 10) * 10) : length(size, scale)), names: namesOf(values, scale) };
}

function plain(text) {
  text = text.toLowerCase().replace(/\s+/g, ' ').replace(/[–—−]/g, '-').replace(/^[ .]+|[ .]+$/g, '');
  text = text.replace(/(?<=[\da-z]) ?(?:½|1\/2)/g, '.5').replace(/(?<=[\da-z]) ?(?:¼|1\/4)/g, '.25');
  return text.replace(/(?<=\d) ?(?:¾|3\/4)/g, '.75').replace(/(\d),5(?!\d)/g, '$1.5');
}

function takenApart(text, ring) {
  let step = 100;
  const steps = text.match(/ ?,? (?:in|by|every) (?:steps of )?(half|halves|quarters?|wholes?|\d{1,3}(?:\.\d{1,2})?)(?: sizes| steps)?(?: (?:mm|cm))?$/);
  if (steps) {
    step = STEPS[steps[1]] ?? hundredths(steps[1]);
    text = text.slice(0, steps.index);
  }
  const unit = /(?<=[\d ])(mm|cm)(?![a-z])/g, units = new Set(Array.from(text.matchAll(unit), found => found[1]));
  text = text.replace(unit, ' ').replace(/ +/g, ' ').trim();
  const named = text.match(/^(us|uk|eu|iso|jp)(?![a-z]) ?/);
  if (named) {
    if (!ring) refuse('scale');
    units.add({ iso: 'mm', eu: 'mm' }[named[1]] ?? named[1]);
    text = text.slice(named[0].length);
  }
  if (units.size > 1 || step <= 0) refuse('unread');
  text = text.replace(/ ?(?:-| to ) ?/g, '-').replaceAll(' and ', ' ');
  return { scale: [...units][0] ?? (ring ? 'mm' : 'cm'), words: text.split(/[\s,;]+/).filter(Boolean), step };
}

function valuesOf(word, scale, step) {
  const dash = word.indexOf('-'), start = valueOf(dash < 0 ? word : word.slice(0, dash), scale);
  const end = dash < 0 ? start : valueOf(word.slice(dash + 1), scale), finest = FINEST[scale] ?? 1;
  if (end < start) refuse('backwards');
  if (start % finest || (end !== start && step % finest)) refuse('fine');
  if (Math.floor((end - start) / step) >= MOST) refuse('many');
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, n) => start + n * step);
}

function valueOf(word, scale) {
  if (scale !== 'uk') return /^\d{1,4}(?:\.\d{1,2})?$/.test(word) ? hundredths(word) : refuse('unread');
  const found = word.match(/^([a-z])(?:\+([1-6]))?(\.5)?$/);
  if (!found || (found[2] && found[1] !== 'z')) refuse('unread');
  return (found[1].charCodeAt(0) - 97 + Number(found[2] ?? 0)) * 100 + (found[3] ? 50 : 0);
}

function hundredths(text) {
  const [whole, rest = ''] = text.split('.');
  return Number(whole) * 100 + Number(rest.padEnd(2, '0'));
}

function sizeOf(value, scale) {
  if (scale === 'us') return Math.floor((365000 + 255 * value + 50) / 100);
  if (scale === 'uk') return Math.floor((375000 + 125 * value + 50) / 100);
  if (scale === 'jp') return Math.floor(Math.PI * (1300 + (value - 100) / 3) + 0.5);
  return scale === 'cm' ? value * 10 : value;
}

function namesOf(values, scale) {
  let names = values.map(value => scale === 'uk' ? letter(value) : scale === 'us' ? Math.floor(value / 100) + (FRACTIONS[value % 100] ?? '') : number(value));
  if (names.length > NAMED) names = [names[0], `${names[1]} … ${names.at(-1)}`];
  return scale === 'mm' || scale === 'cm' ? `${names.join(', ')} ${scale}` : `${scale.toUpperCase()} ${names.join(', ')}`;
}

const letter = value => (value < 2600 ? String.fromCharCode(65 + Math.floor(value / 100)) : `Z+${Math.floor(value / 100) - 25}`) + (value % 100 ? ' ½' : '');
const length = (size, scale) => `${number(scale === 'cm' ? size / 10 : size)} ${scale}`;
const number = value => String(Math.round(value) / 100);

export function said(run, words) {
  const fill = (text, with_) => text.replace(/%\((\w+)\)s/g, (_, name) => with_[name]);
  const main = fill(run.sizes.length === 1 ? words.one : words.many, { count: run.sizes.length, names: run.names });
  if (run.scale === 'mm' || run.scale === 'cm') return main;
  return `${main} ${fill(words.around, { first: number(run.sizes[0]), last: number(run.sizes.at(-1)) })}`;
}

if (globalThis.customElements) {
  customElements.define('size-run', class extends HTMLElement {
    connectedCallback() {
      this.querySelector('input').addEventListener('input', event => this.say(event.target.value));
    }
    say(text) {
      const words = this.dataset;
      try {
        this.line.textContent = text.trim() ? said(readRun(text, 'ring' in words), words) : '';
      } catch (error) {
        if (!(error instanceof NotARun)) throw error;
        this.line.textContent = words[error.message];
      }
    }
    get line() { return this.querySelector('[data-run]'); }
  });
}
