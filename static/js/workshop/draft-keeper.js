/* <draft-keeper>: keeps the form a moment after the last key and says so. While the line is gone, or
   one is logged out, what is typed is kept on this device and sent when it is back. */
const QUIET = 900; // milliseconds after the last key
const AGAIN = 15000;

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.closest('form');
    this.store = `draft-${this.dataset.key}`;
    for (const name of ['input', 'laid', 'told']) this.form.addEventListener(name, () => this.soon());
    this.form.addEventListener('submit', event => this.sent(event));
    window.addEventListener('offline', () => { if (this.changed) this.say('offline', this.dataset.offline); });
    window.addEventListener('online', () => { if (this.changed) this.keep(); });
    window.addEventListener('focus', () => { if (this.dataset.state === 'offline') this.keep(); });
    window.addEventListener('beforeunload', event => { if (this.changed && !this.leaving && !this.onDevice) event.preventDefault(); });
    this.sendOlder();
  }

  say(state, text) { this.dataset.state = state; this.textContent = text; }

  soon() {
    this.changed = true;
    this.say('saving', this.dataset.keeping);
    this.putOnDevice();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), QUIET);
  }

  // A press that only looks at something (a preview) does not leave the page.
  sent(event) {
    if (event.submitter?.formTarget || event.defaultPrevented) return;
    clearTimeout(this.timer);
    this.leaving = true;
    this.forget();
  }

  get seen() { return this.form.elements._seen; }

  fields() {
    const data = new FormData(this.form);
    return [...data].filter(([, value]) => typeof value === 'string');
  }

  putOnDevice() {
    try {
      localStorage.setItem(this.store, JSON.stringify({ at: new Date().toISOString(), fields: this.fields() }));
      this.onDevice = true;
    } catch {
      this.onDevice = false;
    }
  }

  forget() {
    try { localStorage.removeItem(this.store); } catch { /* there was nothing */ }
    this.onDevice = false;
  }

  async keep() {
    clearTimeout(this.timer);
    if (this.busy) { this.timer = setTimeout(() => this.keep(), QUIET); return; }
    this.busy = true;
    this.changed = false;
    const answer = await this.post(this.fields());
    this.busy = false;
    if (answer.kept) {
      if (this.seen) this.seen.value = answer.told.seen;
      this.dataset.keptAt = answer.told.kept_at;
      if (this.changed) return;
      this.forget();
      this.say('saved', answer.told.said);
      this.dispatchEvent(new CustomEvent('kept', { bubbles: true }));
      return;
    }
    this.changed = true;
    if (answer.overtaken) return this.say('overtaken', `${answer.overtaken} ${this.dataset.overtaken || ''}`);
    const why = answer.out ? 'out' : answer.failed ? 'failed' : 'offline';
    this.say('offline', this.onDevice ? this.dataset[why] : `${this.dataset[why].split('.')[0]}. ${this.dataset.full}`);
    this.timer = setTimeout(() => this.keep(), AGAIN);
  }

  // A form left open over a log-in has a token that is no longer good: it is asked for anew, once.
  async post(fields, fresh = false) {
    try {
      const body = new URLSearchParams(fields);
      const response = await fetch(this.dataset.url, { method: 'POST', body, headers: { Accept: 'application/json' } });
      if (response.redirected) return { out: true };
      if (response.status === 403 && !fresh) {
        const told = await this.ask();
        if (!told) return { out: true };
        for (const field of document.querySelectorAll('[name=csrfmiddlewaretoken]')) field.value = told.token;
        return this.post(fields.map(([name, value]) => [name, name === 'csrfmiddlewaretoken' ? told.token : value]), true);
      }
      if (response.status === 409) return { overtaken: (await response.json()).said };
      if (!response.ok) return { failed: true };
      return { kept: true, told: await response.json() };
    } catch {
      return { offline: true };
    }
  }

  // While another sends the form, nothing older may be sent after it.
  async rest() {
    clearTimeout(this.timer);
    while (this.busy) await new Promise(done => setTimeout(done, 50));
    this.busy = true;
  }

  wake() { this.busy = false; }

  async ask() {
    const response = await fetch(this.dataset.url, { headers: { Accept: 'application/json' } });
    return response.ok && !response.redirected ? response.json() : null;
  }

  // What an earlier visit could not send. The newer of the two is shown; the other is a version.
  async sendOlder() {
    let left;
    try { left = JSON.parse(localStorage.getItem(this.store)); } catch { return; }
    if (!left) return;
    const newer = !this.dataset.keptAt || left.at > new Date(this.dataset.keptAt).toISOString();
    const token = this.form.elements.csrfmiddlewaretoken.value;
    const fields = left.fields.map(([name, value]) => [name, name === 'csrfmiddlewaretoken' ? token : value]);
    const answer = await this.post([...fields, [newer ? '_over' : '_aside', '1']]);
    if (!answer.kept) return this.say('offline', this.dataset.offline);
    this.forget();
    this.say('saved', newer ? this.dataset.back : this.dataset.older);
    if (newer && !this.changed) { this.leaving = true; location.reload(); }
  }
}
customElements.define('draft-keeper', DraftKeeper);
