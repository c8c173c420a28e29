/* <story-editor>: the story's buttons without leaving the page: the same form is sent, the story that
   comes back takes the old one's place. What is open stays open, the focus goes on where it was. */
const ACTS = '[name=_add], [name=_remove], [name=_restore], input[type=image][name^=_pin-]';

class StoryEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.closest('form');
    this.addEventListener('click', event => {
      const button = event.target.closest(ACTS);
      if (!button || this.busy) return;
      event.preventDefault();
      this.act(button, event);
    });
  }

  say(text) {
    const line = this.querySelector('[data-said]');
    if (line) line.textContent = text;
  }

  async act(button, event) {
    this.busy = true;
    this.say(this.dataset.wait);
    const keeper = this.form.querySelector('draft-keeper:defined');
    await keeper?.rest();
    const body = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === 'string'));
    body.append('fragment', '1');
    if (button.type === 'image') {
      const box = button.getBoundingClientRect();
      body.append(`${button.name}.x`, Math.round(event.clientX - box.x));
      body.append(`${button.name}.y`, Math.round(event.clientY - box.y));
    } else {
      body.append(button.name, button.value);
    }
    try {
      const response = await fetch(this.form.action, { method: 'POST', body });
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const story = page.querySelector('story-editor');
      if (!response.ok || !story) throw new Error('no story');
      this.lay(story, page.querySelector('[data-seen]'), button, new URL(response.url).searchParams.get('block'));
    } catch {
      this.say(this.dataset.lost);
    }
    keeper?.wake();
    this.busy = false;
  }

  lay(story, told, button, added) {
    const open = [...this.querySelectorAll('details[open]')].map(one => one.closest('.block').id);
    const name = button.closest('.block')?.dataset.name;
    const items = [...this.querySelectorAll('.block')].map(block => block.id);
    const at = items.indexOf(button.closest('.block')?.id);
    this.replaceChildren(...story.childNodes);
    for (const id of open) this.querySelector(`#${CSS.escape(id)} details`)?.setAttribute('open', '');
    if (told && this.form.elements._seen) this.form.elements._seen.value = told.dataset.seen;
    const said = told?.textContent.trim();
    this.focusOn(button, added, at);
    this.say(said || (button.name === '_remove' ? `${this.dataset.removed} ${name}` : this.named(button, added)));
    this.form.dispatchEvent(new Event('told'));
  }

  focusOn(button, added, at) {
    const block = added && this.querySelector(`#block-${CSS.escape(added)}`);
    if (block) {
      block.querySelector('details').open = true;
      (button.type === 'image' ? block.querySelector('input[type=image]') : block.querySelector('textarea, input:not([type=hidden]), select'))?.focus();
      return block.scrollIntoView({ block: 'nearest' });
    }
    const restored = button.name === '_restore' && this.querySelector(`#block-${CSS.escape(button.value)} summary`);
    const next = this.querySelectorAll('.block')[Math.max(0, at)] || [...this.querySelectorAll('.block')].pop();
    (restored || next?.querySelector('summary') || this.querySelector('[name=_add]'))?.focus();
  }

  named(button, added) {
    const block = this.querySelector(`#block-${CSS.escape(added || button.value)}`);
    return block ? block.dataset.name : button.textContent.trim();
  }
}
customElements.define('story-editor', StoryEditor);
