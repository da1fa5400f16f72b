// Everybody of the demo's company, by what they do there. Each opens their own place.
const list = document.getElementById("people");
const { people } = await (await fetch("/demo/people.json")).json();
list.replaceChildren(...people.map(({ person, name, roles }) => {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${name} · ${roles}` });
  button.addEventListener("click", async () => {
    await fetch(`/demo/sign-in/${encodeURIComponent(person)}`, { method: "POST" });
    location.assign("/console/home");
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}));
