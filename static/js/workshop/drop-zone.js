// <drop-zone>: the file field covers the zone, so that dropping works without script. With it each
// photograph travels on its own, three at a time, and is sent again when the line breaks. The words
// are the server's, in data-*.
const AT_ONCE = 3;
const PATIENCE = [1000, 3000, 8000, 20000];

class DropZone extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.input = this.querySelector("input[type=file]");
    this.list = this.form.querySelector(".sending");
    if (!this.list) return;
    this.place = Number(this.dataset.next);
    this.files = [];
    for (const t of ["dragenter", "dragover"]) this.addEventListener(t, () => this.setAttribute("data-over", ""));
    for (const t of ["dragleave", "drop"]) this.addEventListener(t, () => this.removeAttribute("data-over"));
    this.input.addEventListener("change", () => this.take([...this.input.files]));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("online", () => this.files.filter((one) => one.lost).forEach((one) => this.again(one)));
    window.addEventListener("beforeunload", (event) => this.open.length && event.preventDefault());
  }

  get open() {
    return this.files.filter((one) => ["wait", "going", "later"].includes(one.state));
  }

  take(files) {
    this.input.value = "";
    this.list.hidden = false;
    this.classList.add("drop--small");
    const already = this.open.length;
    for (const [index, file] of files.entries()) {
      const one = { file, place: this.place++, tries: 0 };
      this.files.push(one);
      this.draw(one);
      if (already + index >= Number(this.dataset.most)) this.end(one, "bad", this.dataset.many);
      else if (file.size > Number(this.dataset.mostMb) * 1024 * 1024) this.end(one, "bad", this.dataset.large);
      else this.show(one, "wait", `${this.dataset.waits}, ${size(file.size)}`);
    }
    this.next();
  }

  draw(one) {
    one.row = this.list.querySelector("template").content.firstElementChild.cloneNode(true);
    one.row.querySelector("b").textContent = one.file.name;
    one.row.querySelector("progress").setAttribute("aria-label", one.file.name);
    one.row.querySelector("button").addEventListener("click", () => this.again(one));
    this.list.querySelector(".ups").append(one.row);
  }

  next() {
    const going = this.files.filter((one) => one.state === "going").length;
    this.files.filter((one) => one.state === "wait").slice(0, AT_ONCE - going).forEach((one) => this.send(one));
    this.sum();
  }

  send(one) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    body.append("place", one.place);
    body.append("files", one.file);
    const request = new XMLHttpRequest();
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => this.show(one, "going", `${size(event.loaded)} / ${size(event.total)}`, event.loaded / event.total));
    request.addEventListener("load", () => this.answered(one, request));
    request.addEventListener("error", () => this.broke(one, this.dataset.lost));
    request.send(body);
    this.show(one, "going", size(one.file.size), 0);
  }

  answered(one, request) {
    let said = null;
    try { said = JSON.parse(request.responseText); } catch { /* a page, not an answer */ }
    if (said?.state) {
      this.end(one, said.state, said.state === "done" ? `${said.said}, ${size(one.file.size)}` : said.said, said);
    } else if (request.status >= 500 || request.status === 429) this.broke(one, this.dataset.failed);
    else if (request.status === 403 && !one.asked) this.ask(one);
    else this.end(one, "bad", request.status === 413 ? this.dataset.large : this.dataset.away, null, true);
  }

  // Whoever has logged in again, in another window, has another token.
  async ask(one) {
    one.asked = true;
    this.show(one, "later", this.dataset.waits);
    try {
      const page = new DOMParser().parseFromString(await (await fetch(this.form.action)).text(), "text/html");
      this.form.elements.csrfmiddlewaretoken.value = page.querySelector("#drop [name=csrfmiddlewaretoken]").value;
    } catch { return this.end(one, "bad", this.dataset.away, null, true); }
    this.show(one, "wait", this.dataset.waits);
    this.next();
  }

  broke(one, sentence) {
    if (one.tries >= PATIENCE.length) return this.end(one, "bad", sentence, null, true);
    this.show(one, "later", this.dataset.again);
    setTimeout(() => { this.show(one, "wait", this.dataset.waits); this.next(); }, PATIENCE[one.tries++]);
    this.next();
  }

  again(one) {
    one.tries = 0;
    one.lost = one.asked = false;
    one.row.querySelector("button").hidden = true;
    this.show(one, "wait", this.dataset.waits);
    this.next();
  }

  end(one, state, said, answer = null, lost = false) {
    one.lost = lost;
    this.show(one, state, said);
    one.row.querySelector("progress").hidden = true;
    one.row.querySelector("button").hidden = !lost;
    const link = one.row.querySelector("a");
    link.hidden = state !== "twin";
    if (answer?.url) link.href = answer.url;
    if (state !== "bad") this.picture(one, answer);
    // Troubles stand first, then what moves, then what is here.
    if (state === "bad") this.list.querySelector(".ups").prepend(one.row);
    else this.list.querySelector(".ups").append(one.row);
    this.next();
  }

  picture(one, answer) {
    const image = document.createElement("img");
    image.className = "plate plate--thumb";
    image.alt = "";
    image.src = answer?.thumb ? answer.thumb[0] : URL.createObjectURL(one.file);
    // A browser that cannot show HEIC keeps the empty plate.
    image.addEventListener("load", () => one.row.querySelector(".plate").replaceWith(image), { once: true });
  }

  show(one, state, said, part = null) {
    one.state = state;
    one.row.dataset.state = state;
    one.row.querySelector("span:not(.plate)").textContent = said;
    const bar = one.row.querySelector("progress");
    bar.hidden = false;
    if (part !== null) bar.value = Math.round(part * 100);
  }

  sum() {
    const count = (state) => this.files.filter((one) => one.state === state).length;
    const here = count("done") + count("twin");
    this.list.querySelector("h2").textContent = fill(this.dataset.here, here, this.files.length);
    const bar = this.list.querySelector("progress.whole");
    bar.max = this.files.length;
    bar.value = here + count("bad");
    const words = [[count("bad"), this.dataset.badOne, this.dataset.badMore], [count("twin"), this.dataset.twinOne, this.dataset.twinMore]];
    const said = words.filter(([n]) => n).map(([n, single, more]) => (n === 1 ? single : fill(more, n)));
    const voice = this.list.querySelector("[role=status]");
    if (voice.textContent !== said.join(" ")) voice.textContent = said.join(" ");
    this.toggleAttribute("data-going", this.open.length > 0);
  }
}

function size(bytes) {
  return `${(bytes / 1048576).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;
}

function fill(text, ...values) {
  return values.reduce((words, value) => words.replace("{}", value), text);
}

customElements.define("drop-zone", DropZone);
