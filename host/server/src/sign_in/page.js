// Each step is a call of the API: the page knows no more than a partner's program would.
const words = {
  es: {
    demo: "Esta es la demo: elija quién quiere ser, sin contraseña", provider: "Entrar con", person: "Persona", password: "Contraseña", enter: "Entrar",
    app: "Su rol pide un segundo factor. Agregue esta clave a su app de autenticación:", open: "Abrir la app en este aparato",
    code: "El código de su app de autenticación, o uno de recuperación", confirm: "Confirmar",
    codes: "Anote estos códigos: cada uno abre una vez, el día en que no tenga su aparato. No se vuelven a mostrar.",
    wrong: "La persona, la contraseña o el código no es correcto.", done: "Inició sesión:", console: "Ir a la consola", leave: "Salir",
  },
  pt: {
    demo: "Esta é a demo: escolha quem quer ser, sem senha", provider: "Entrar com", person: "Pessoa", password: "Senha", enter: "Entrar",
    app: "Seu papel pede um segundo fator. Adicione esta chave ao seu app de autenticação:", open: "Abrir o app neste aparelho",
    code: "O código do seu app de autenticação, ou um de recuperação", confirm: "Confirmar",
    codes: "Anote estes códigos: cada um abre uma vez, no dia em que não tiver seu aparelho. Não serão mostrados de novo.",
    wrong: "A pessoa, a senha ou o código não está certo.", done: "Você entrou:", console: "Ir ao console", leave: "Sair",
  },
  en: {
    demo: "This is the demo: choose who to be, without a password", provider: "Sign in with", person: "Person", password: "Password", enter: "Sign in",
    app: "Your role asks for a second factor. Add this key to your authenticator app:", open: "Open the app on this device",
    code: "The code of your authenticator app, or one for recovery", confirm: "Confirm",
    codes: "Write these codes down: each opens once, on the day you are without your device. They are not shown again.",
    wrong: "The person, the password or the code is wrong.", done: "You are signed in:", console: "Go to the console", leave: "Sign out",
  },
};
const language = words[navigator.language.slice(0, 2)] ? navigator.language.slice(0, 2) : "en";
const part = (id) => document.getElementById(id);
const show = (id, shown = true) => { part(id).hidden = !shown; };
document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-words]")) element.textContent = words[language][element.dataset.words];

async function ask(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const told = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail), { kind: told.type });
  return told;
}

// A recovery code is longer than the six digits of an app.
const second = (shown) => (shown.trim().length === 6 ? { code: shown.trim() } : { "recovery-code": shown });

let proof = null; // A password that is right and waits for its second factor.
let setting = false; // A second factor is being set up.

async function look() {
  const me = await ask("GET", "/me").catch(() => null);
  for (const id of ["password", "app", "factor", "done"]) show(id, false);
  if (part("provider")) show("provider", !me);
  if (!me) {
    show("password");
  } else if (!me["second-factor-first"]) {
    part("who").textContent = me.name;
    show("done");
  } else {
    setting = !me["second-factor"];
    if (setting) {
      const begun = await ask("POST", "/me/second-factor", proof ? { password: proof.password } : {});
      part("secret").textContent = begun.secret.replace(/(.{4})/g, "$1 ");
      part("uri").href = begun.uri;
      show("app");
    }
    show("factor");
  }
}

function step(form, act) {
  part(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    part("said").textContent = "";
    try {
      await act(new FormData(event.target));
    } catch (error) {
      part("said").textContent = error.kind === "urn:timonel:wrong" ? words[language].wrong : error.message;
    }
  });
}

step("password", async (form) => {
  proof = { person: form.get("person"), password: form.get("password") };
  try {
    await ask("POST", "/sign-in", proof);
    await look();
  } catch (error) {
    if (error.kind !== "urn:timonel:second-factor-needed") throw error;
    show("password", false);
    show("factor");
  }
});

step("factor", async (form) => {
  if (setting) {
    const set = await ask("POST", "/me/second-factor/confirm", { code: form.get("code").trim() });
    part("codes").querySelector("ul").replaceChildren(...set["recovery-codes"].map((code) => {
      const item = document.createElement("li");
      item.textContent = code;
      return item;
    }));
    show("codes");
  } else if (await ask("GET", "/me").catch(() => null)) {
    await ask("POST", "/me/second-factor/show", second(form.get("code")));
  } else {
    await ask("POST", "/sign-in", { ...proof, ...second(form.get("code")) });
  }
  proof = null;
  await look();
});

step("done", async () => {
  await ask("POST", "/sign-out");
  show("codes", false);
  await look();
});

look().catch((error) => { part("said").textContent = error.message; });
