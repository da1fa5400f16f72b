// Three steps, each a call of the API: the page knows no more than a partner's program would.
const words = {
  es: {
    password: "Su contraseña", sentence: "Al menos 12 caracteres: una frase es fácil de recordar.", set: "Guardar",
    app: "Su rol pide un segundo factor. Agregue esta clave a su app de autenticación:", open: "Abrir la app en este aparato",
    code: "El código que muestra", confirm: "Confirmar", done: "Listo: ya inició sesión.", go: "Ir a la consola",
    codes: "Anote estos códigos: cada uno abre una vez, el día en que no tenga su aparato. No se vuelven a mostrar.",
    none: "Este enlace no trae una invitación.",
  },
  pt: {
    password: "Sua senha", sentence: "Pelo menos 12 caracteres: uma frase é fácil de lembrar.", set: "Salvar",
    app: "Seu papel pede um segundo fator. Adicione esta chave ao seu app de autenticação:", open: "Abrir o app neste aparelho",
    code: "O código que ele mostra", confirm: "Confirmar", done: "Pronto: você já entrou.", go: "Ir ao console",
    codes: "Anote estes códigos: cada um abre uma vez, no dia em que não tiver seu aparelho. Não serão mostrados de novo.",
    none: "Este link não traz um convite.",
  },
  en: {
    password: "Your password", sentence: "At least 12 characters: a sentence is easy to remember.", set: "Save",
    app: "Your role asks for a second factor. Add this key to your authenticator app:", open: "Open the app on this device",
    code: "The code that it shows", confirm: "Confirm", done: "Done: you are signed in.", go: "To the console",
    codes: "Write these codes down: each opens once, on the day you are without your device. They are not shown again.",
    none: "This link carries no invitation.",
  },
};
const language = words[navigator.language.slice(0, 2)] ? navigator.language.slice(0, 2) : "en";
const say = words[language];
const part = (id) => document.getElementById(id);
document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-words]")) element.textContent = say[element.dataset.words];

const invitation = location.hash.slice(1);
if (!invitation) {
  part("said").textContent = say.none;
  part("password").hidden = true;
}
// Neither the history nor whoever looks over a shoulder keeps the link.
history.replaceState(null, "", location.pathname);

async function post(path, body) {
  part("said").textContent = "";
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

function step(form, act) {
  part(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await act(new FormData(event.target));
      part(form).hidden = true;
    } catch (error) {
      part("said").textContent = error.message;
    }
  });
}

let accepted = false;
step("password", async (form) => {
  const password = form.get("password");
  if (!accepted) accepted = await post("/invitations/accept", { invitation, password });
  if (!accepted["second-factor-first"]) {
    part("done").hidden = false;
    return;
  }
  const begun = await post("/me/second-factor", { password });
  part("secret").textContent = begun.secret.replace(/(.{4})/g, "$1 ");
  part("uri").href = begun.uri;
  part("factor").hidden = false;
});

step("factor", async (form) => {
  const set = await post("/me/second-factor/confirm", { code: form.get("code") });
  for (const code of set["recovery-codes"]) {
    const item = document.createElement("li");
    item.textContent = code;
    part("codes").querySelector("ul").append(item);
  }
  part("codes").hidden = false;
  part("done").hidden = false;
});
