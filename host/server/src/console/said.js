// A message, as what it is: words, a picture, a voice, a place, a card, an order.

const PICTURES = ["image/jpeg", "image/png", "image/webp", "image/gif"];

export function sayer({ make, word, at, tried, reasons, explains }) {
  const shown = (one) => {
    const kind = one["mime-type"]?.split(";")[0] ?? "";
    const sort = { image: "picture", audio: "audio", video: "video" }[kind.split("/")[0]] ?? "file";
    const name = one.filename ?? word(sort);
    const link = make("a", { href: one.media, textContent: `${word("attached")} ${name}`, target: "_blank", rel: "noopener" });
    const played = kind.startsWith("audio/") ? "audio" : kind.startsWith("video/") ? "video" : null;
    if (PICTURES.includes(kind)) {
      const picture = () => {
        const image = make("img", { src: one.media, alt: one.text || word("picture"), loading: "lazy", decoding: "async" });
        // What cannot be shown can still be opened, or says why not.
        image.addEventListener("error", () => image.remove());
        return image;
      };
      if (one.here) return make("span", { className: "foot" }, picture(), link);
      // What is with Meta still is fetched when somebody wants to see it, and not because it is on their page.
      const show = make("button", { className: "why", type: "button", textContent: word("show") });
      show.addEventListener("click", () => show.replaceWith(picture()));
      return make("span", { className: "foot" }, show, " ", link);
    }
    if (!played) return make("span", { className: "foot" }, link);
    const player = make(played, { src: one.media, controls: true, preload: "none" });
    player.setAttribute("aria-label", `${word(played)} ${one.filename ?? ""}`.trim());
    return make("span", { className: "foot" }, player, link);
  };
  const foot = (textContent) => make("span", { className: "foot", textContent });
  const fact = (one) => {
    if (one.kind === "revoked" || one.kind === "erased") return word(one.kind);
    if (one.kind === "reaction") return one.emoji ? `${word("reacts")} ${one.emoji}` : word("reacts-no-more");
    if (one.kind === "unsupported") return [word("unsupported"), one.what].filter(Boolean).join(": ");
    if (one.kind === "call-permission") return word(one.given ? "may-call" : "may-not-call");
    const kind = word(`kind-${one.kind}`);
    return one.text || (one.media ? "" : `[${kind.startsWith("kind-") ? one.kind : kind}]`);
  };
  return (one, answered) => {
    const item = make("li", { className: one.by.is !== "customer" ? "ours" : "theirs" });
    const who = one.by.is === "rule" ? `${word("rule")} ${one.by.name}` : one.by.name ?? word(one.by.is);
    if (answered) item.append(make("span", { className: "quoted", textContent: (answered.text || word("picture")).slice(0, 120) }));
    // Above its words, as the customer has it.
    const first = one.kind === "template" && one.media;
    if (first) item.append(shown(one));
    if (one.header) item.append(make("strong", { className: "above", textContent: one.header }));
    item.append(fact(one));
    if (one.footer) item.append(foot(one.footer));
    if (one.place) {
      const place = one.place.join(", ");
      item.append(foot([one.address, place].filter(Boolean).join(" · ")));
    }
    for (const card of one.cards ?? []) item.append(foot([card.name, ...card.phones].filter(Boolean).join(" · ")));
    for (const { quantity, product, price, currency } of one.items ?? []) item.append(foot(`${quantity} × ${product} · ${price} ${currency}`));
    for (const choice of one.choices ?? []) item.append(make("span", { className: "choice", textContent: choice }));
    if (one.media && !first) item.append(shown(one));
    const fares = one.fares && word(one.fares.is) + (one.fares.code ? ` (${one.fares.code})` : "");
    const bad = ["failed", "refused", "withheld", "in-doubt"].includes(one.fares?.is);
    const last = foot([who, one.kind === "template" ? word("with-template").toLowerCase() : "", at(one.at), one.edited ? word("edited") : "", fares].filter(Boolean).join(" · "));
    if (bad) last.className = "foot bad";
    if (one.by.is === "rule" && explains()) {
      const why = make("button", { className: "why", type: "button", textContent: word("because") });
      why.addEventListener("click", tried(() => reasons(one.message)));
      last.append(why);
    }
    item.append(last);
    return item;
  };
}
