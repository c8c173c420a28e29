// <pass-key asks="address" act="get|create">: asks the shop what is to be signed, has the
// browser sign it, and sends the form around it with the answer in its field "credential".
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

class PassKey extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.said = this.querySelector("[role=status]");
    if (!window.PublicKeyCredential) {
      this.say(this.dataset.unknown);
      return;
    }
    this.querySelector("button").addEventListener("click", (event) => {
      event.preventDefault();
      this.show().catch(() => this.say(this.dataset.failed));
    });
  }

  async show() {
    this.say("");
    const body = new FormData(this.form);
    const answer = await fetch(this.getAttribute("asks"), { method: "POST", body });
    const { publicKey } = await answer.json();
    publicKey.challenge = bytes(publicKey.challenge);
    const credential = this.getAttribute("act") === "create"
      ? await this.create(publicKey)
      : await this.get(publicKey);
    this.form.elements.credential.disabled = false;
    this.form.elements.credential.value = JSON.stringify(this.told(credential));
    this.form.submit();
  }

  get(publicKey) {
    publicKey.allowCredentials = known(publicKey.allowCredentials);
    return navigator.credentials.get({ publicKey });
  }

  create(publicKey) {
    publicKey.user.id = bytes(publicKey.user.id);
    publicKey.excludeCredentials = known(publicKey.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }

  told(credential) {
    const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const given = names.filter((name) => credential.response[name]);
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: Object.fromEntries(given.map((name) => [name, text(credential.response[name])])),
    };
  }

  say(words) {
    this.said.textContent = words;
  }
}

customElements.define("pass-key", PassKey);
