// The telephones. Nothing is decided here: what a person does goes to the simulation, and what is drawn is what the
// simulation tells. Words of messages are only ever set as text.

const EMOJIS = ["👍", "❤️", "😂", "😮", "🙏"];
const TICKS = { sent: ["✓", "Enviado"], delivered: ["✓✓", "Entregado"], read: ["✓✓", "Leído"] };
const MEDIA = { image: "📷 Foto", video: "🎬 Video", audio: "🎤 Audio", document: "📄 Documento", sticker: "Sticker" };
const TYPING_MS = 25_000;

const link = document.getElementById("link");
const place = document.getElementById("phones");
const template = document.getElementById("phone");
const phones = new Map();
let numbers = [];

const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const clock = new Intl.DateTimeFormat("es", { hour: "2-digit", minute: "2-digit" });

/** Whoever has a choice writes to the number of their own country. Two digits are enough to tell. */
const sameCountry = (display, phone) => phone.startsWith(display.replace(/\D/g, "").slice(0, 2));

class Phone {
  constructor(person) {
    this.phone = person.phone;
    this.messages = [];
    this.number = (numbers.find(({ display }) => sameCountry(display, person.phone)) ?? numbers[0])?.id ?? "";
    this.root = template.content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.root.querySelector(selector);
    this.chat = this.find(".chat");
    this.find(".owner-name").textContent = person.name || "Sin nombre";
    this.find(".owner-phone").textContent = person.hidden ? "sin número visible" : `+${person.phone}`;
    this.find(".phone").setAttribute("aria-label", `Teléfono de ${person.name}`);
    this.pickNumber();
    this.listen();
    place.append(this.root);
    // The keyboard of a real telephone and the row of extras take away height.
    new ResizeObserver(() => this.toEnd()).observe(this.chat);
  }

  pickNumber() {
    const pick = this.find(".company-pick");
    const several = numbers.length > 1;
    pick.hidden = !several;
    this.find(".company-name").hidden = several;
    for (const number of numbers) {
      const option = element("option", "", number.name);
      option.value = number.id;
      pick.append(option);
    }
    pick.addEventListener("change", () => { this.number = pick.value; this.drawAll(); });
  }

  listen() {
    this.find(".composer").addEventListener("submit", (event) => {
      event.preventDefault();
      const words = this.find(".words");
      const text = words.value.trim();
      if (!text) return;
      words.value = "";
      this.act({ act: "say", text }).then((done) => { if (!done) words.value ||= text; });
    });
    const more = this.find(".more");
    more.addEventListener("click", () => this.openExtras(more.getAttribute("aria-expanded") !== "true"));
    for (const button of this.root.querySelectorAll("[data-extra]")) {
      button.addEventListener("click", () => { this.openExtras(false); this.act({ act: button.dataset.extra }); });
    }
    for (const emoji of EMOJIS) {
      const button = element("button", "", emoji);
      button.type = "button";
      button.addEventListener("click", () => this.react(emoji));
      this.find(".reactions").append(button);
    }
    this.find(".sheet-close").addEventListener("click", () => this.closeSheet());
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { this.closeSheet(); this.openExtras(false); }
    });
  }

  openExtras(open) {
    this.find(".extras").hidden = !open;
    this.find(".more").setAttribute("aria-expanded", String(open));
    for (const button of this.find(".reactions").children) button.disabled = !this.lastOfCompany();
  }

  lastOfCompany() {
    return this.messages.findLast((message) => message.from === "company" && message.number === this.number);
  }

  react(emoji) {
    const message = this.lastOfCompany();
    this.openExtras(false);
    if (message) this.act({ act: "react", wamid: message.wamid, emoji: message.reaction === emoji ? null : emoji });
  }

  async act(what) {
    try {
      const body = JSON.stringify({ phone: this.phone, number: this.number, ...what });
      const response = await fetch("/page/act", { method: "POST", headers: { "content-type": "application/json" }, body });
      return response.ok;
    } catch {
      return false;
    }
  }

  take(messages) {
    this.messages = messages;
    this.drawAll();
  }

  add(message) {
    this.messages.push(message);
    if (message.number !== this.number) {
      // Whoever writes from another number is what the owner of a phone would look at.
      if (message.from !== "company") return;
      this.number = message.number;
      this.drawAll();
      return;
    }
    if (message.from === "company") this.typing(false);
    this.draw(message).classList.add("new");
    this.toEnd();
  }

  change(wamid, change) {
    const message = this.messages.find((message) => message.wamid === wamid);
    if (!message) return;
    Object.assign(message, change);
    const old = this.chat.querySelector(`[data-wamid="${CSS.escape(wamid)}"]`);
    if (old) old.replaceWith(this.drawn(message, old.classList.contains("turn")));
  }

  typing(on) {
    clearTimeout(this.typingEnds);
    this.find(".state").textContent = on ? "escribiendo…" : this.display;
    if (on) this.typingEnds = setTimeout(() => this.typing(false), TYPING_MS);
  }

  drawAll() {
    const number = numbers.find((number) => number.id === this.number);
    this.display = number?.display ?? "";
    this.find(".company-name").textContent = number?.name ?? "";
    this.find(".company-pick").value = this.number;
    this.find(".avatar").textContent = [...(number?.name ?? "")][0] ?? "";
    this.typing(false);
    this.closeSheet();
    this.chat.replaceChildren();
    for (const message of this.messages) if (message.number === this.number) this.draw(message);
    this.toEnd();
  }

  draw(message) {
    const last = this.chat.lastElementChild;
    const item = this.drawn(message, !last?.classList.contains(message.from));
    this.chat.append(item);
    return item;
  }

  drawn(message, turn) {
    const item = element("li", `message ${message.from}${turn ? " turn" : ""}`);
    item.dataset.wamid = message.wamid;
    const bubble = element("div", "bubble");
    bubble.append(...this.content(message.said), this.foot(message));
    item.append(bubble);
    const choices = this.choices(message.said);
    if (choices) item.append(choices);
    if (message.reaction) {
      item.classList.add("reacted");
      bubble.append(element("span", "reaction", message.reaction));
    }
    return item;
  }

  content(said) {
    const words = (text, className = "said") => element("p", className, text);
    switch (said.kind) {
      case "photo": {
        const photo = element("img", "photo");
        photo.src = "/page/photo.png";
        photo.alt = "Foto";
        photo.width = 480;
        photo.height = 300;
        return said.caption ? [photo, words(said.caption)] : [photo];
      }
      case "location":
        return [words(`📍 ${said.name}`), words(`${said.latitude}, ${said.longitude}`, "said small")];
      case "choice":
        return [words(said.title)];
      case "medium": {
        const medium = words(MEDIA[said.medium] ?? said.medium, "said small");
        return said.caption ? [medium, words(said.caption)] : [medium];
      }
      case "other":
        return [words(`Mensaje de otro tipo: ${said.name}`, "said small")];
      default:
        return [words(said.body)];
    }
  }

  foot(message) {
    const foot = element("div", "foot");
    const time = element("time", "", clock.format(message.at * 1000));
    time.dateTime = new Date(message.at * 1000).toISOString();
    foot.append(time);
    const tick = TICKS[message.tick];
    if (tick) {
      const mark = element("span", `tick ${message.tick}`, tick[0]);
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", tick[1]);
      mark.title = tick[1];
      foot.append(mark);
    }
    return foot;
  }

  choices(said) {
    if (said.kind !== "buttons" && said.kind !== "menu") return null;
    const choices = element("div", "choices");
    const add = (label, act) => {
      const button = element("button", "choice", label);
      button.type = "button";
      button.addEventListener("click", act);
      choices.append(button);
    };
    if (said.kind === "menu") add(`☰ ${said.label}`, () => this.openSheet(said));
    else for (const { id, title } of said.buttons) add(title, () => this.act({ act: "press", id, title }));
    return choices;
  }

  openSheet(menu) {
    this.find(".sheet-title").textContent = menu.label;
    this.find(".sheet-rows").replaceChildren(...menu.rows.map(({ id, title, description }) => {
      const row = element("button", "row", title);
      row.type = "button";
      if (description) row.append(element("span", "", description));
      row.addEventListener("click", () => { this.closeSheet(); this.act({ act: "press", id, title }); });
      return row;
    }));
    this.find(".sheet").hidden = false;
    this.find(".sheet-rows button")?.focus();
  }

  closeSheet() {
    this.find(".sheet").hidden = true;
  }

  toEnd() {
    this.chat.scrollTop = this.chat.scrollHeight;
  }
}

const show = (person) => {
  if (!phones.has(person.phone)) phones.set(person.phone, new Phone(person));
  return phones.get(person.phone);
};

const take = {
  everything(all) {
    numbers = all.numbers;
    // What is half written stays where it is when the connection comes back.
    for (const phone of all.phones) show(phone).take(phone.messages);
  },
  phone: ({ person }) => show(person).drawAll(),
  message: ({ phone, message }) => phones.get(phone)?.add(message),
  tick: ({ phone, wamid, tick }) => phones.get(phone)?.change(wamid, { tick }),
  reaction: ({ phone, wamid, emoji }) => phones.get(phone)?.change(wamid, { reaction: emoji }),
  typing: ({ phone, number }) => {
    const shown = phones.get(phone);
    if (shown?.number === number) shown.typing(true);
  },
};

const events = new EventSource("/page/events");
events.addEventListener("message", ({ data }) => {
  const event = JSON.parse(data);
  take[event.event]?.(event);
});
const linked = (on) => {
  link.classList.toggle("on", on);
  link.textContent = on ? "En vivo" : "Sin conexión, reintentando…";
};
events.addEventListener("open", () => linked(true));
events.addEventListener("error", () => linked(false));
