// Passkeys: the server asks, the device answers, and the form carries the answer. Whether it is believed is decided on
// the server. Without this script a form for passkeys is not shown, and codes work as ever.

/** Bytes from base64url, and the other way (RFC 4648, section 5). */
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** The server's question, or what the page says that it answers with instead. */
async function question(form) {
  const answer = await fetch(form.dataset.question, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
  });
  if (answer.ok) return answer.json();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  throw new Error(page.querySelector(".lead")?.textContent ?? form.dataset.failed);
}

/** Makes a passkey on a device (Web Authentication Level 3, section 5.1.3): the fields that tell of it. */
async function make(asked) {
  const { response } = await navigator.credentials.create({
    publicKey: {
      challenge: bytes(asked.challenge),
      rp: asked.rp,
      user: { ...asked.user, id: bytes(asked.user.id) },
      pubKeyCredParams: asked.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: asked.exclude.map((id) => ({ type: "public-key", id: bytes(id) })),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    },
  });
  return {
    "client-data": text(response.clientDataJSON),
    "authenticator-data": text(response.getAuthenticatorData()),
    "public-key": text(response.getPublicKey() ?? new ArrayBuffer(0)),
    algorithm: String(response.getPublicKeyAlgorithm()),
  };
}

/** Uses whichever passkey of this site's the reader chooses (section 5.1.4). */
async function use(asked) {
  const { rawId, response } = await navigator.credentials.get({
    publicKey: { challenge: bytes(asked.challenge), rpId: asked.rpId, userVerification: "required" },
  });
  return {
    credential: text(rawId),
    "client-data": text(response.clientDataJSON),
    "authenticator-data": text(response.authenticatorData),
    signature: text(response.signature),
    "user-handle": text(response.userHandle ?? new ArrayBuffer(0)),
  };
}

/** Puts what the device said into the form, in the place of what was there. */
function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(name) ?? form.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name, value });
  }
}

for (const part of document.querySelectorAll('[data-passkey="script"]')) part.hidden = true;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !navigator.credentials) {
    for (const part of document.querySelectorAll('[data-passkey="none"]')) part.hidden = false;
    break;
  }
  form.hidden = false;
  const alert = form.querySelector("[role=alert]");
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    alert.hidden = true;
    try {
      const asked = await question(form);
      // The device says in its own window what it wants; here it is only said when nothing came of it.
      const act = form.dataset.passkey === "make" ? make : use;
      const fields = await act(asked).catch(() => {
        throw new Error(form.dataset.failed);
      });
      fill(form, fields);
      form.submit();
    } catch (error) {
      alert.textContent = error.message;
      alert.hidden = false;
    }
    busy = false;
  });
}
