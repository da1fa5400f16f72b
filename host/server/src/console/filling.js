// The same the other way: what each field said of a template that was filled.
export function filled(components = []) {
  const fields = {};
  for (const { is, index, parameters = [] } of components) {
    if (is === "button") {
      const { text, "coupon-code": code } = parameters[0]?.value ?? {};
      fields[`button/${index}`] = text ?? code;
      continue;
    }
    parameters.forEach(({ name, value: { text, media, location } }, nth) => {
      if (text !== undefined) fields[`${is}/${name ?? nth + 1}`] = text;
      if (media) Object.assign(fields, { "above/link": media.source.link, "above/filename": media.filename });
      for (const [part, value] of Object.entries(location ?? {})) fields[`above/${part}`] = value;
    });
  }
  return fields;
}

// What a template is filled with, by the names of its fields: `header/1`, `body/pedido`, `button/0`, `above/link`. A gap with a name says it
// in `data-gap`, a medium what it is in `data-kind`, and a button what it does in `data-press`. `source` is where the medium's bytes are,
// if no field says so.
export function filling(fields, source) {
  const above = {}, parts = { header: [], body: [] }, buttons = [];
  for (const { name, value, dataset } of fields) {
    const [part, gap] = name.split("/"), text = value.trim();
    if (part === "above") Object.assign(above, { [gap]: text }, dataset.kind && { kind: dataset.kind });
    else if (part === "button") buttons.push({ is: "button", index: Number(gap), press: dataset.press, parameters: [{ value: { [dataset.press === "copy-code" ? "coupon-code" : "text"]: text } }] });
    else parts[part].push({ ...(dataset.gap && { name: dataset.gap }), value: { text } });
  }
  const { kind, link, filename, latitude, longitude, name, address } = above;
  if (kind) parts.header.push({ value: { media: { kind, source: source ?? { link }, ...(filename && { filename }) } } });
  else if (latitude) parts.header.push({ value: { location: { latitude: Number(latitude), longitude: Number(longitude), name, address } } });
  return [...Object.entries(parts).filter(([, parameters]) => parameters.length).map(([is, parameters]) => ({ is, parameters })), ...buttons];
}
