extension DocsPage {
  /// Text from the document only ever becomes text nodes, so nothing in it can become markup.
  static let script = #"""
    "use strict";

    const el = (tag, attributes = {}, ...children) => {
      const node = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
      }
      node.append(...children.flat().filter((child) => child !== null && child !== undefined));
      return node;
    };

    let spec = {};
    const resolve = (value) => {
      let current = value;
      for (let hops = 0; current && current.$ref && hops < 20; hops++) {
        current = current.$ref.slice(2).split("/").reduce((at, part) => at?.[part.replace(/~1/g, "/").replace(/~0/g, "~")], spec);
      }
      return current || {};
    };
    const nameOf = (schema) => (schema?.$ref || "").split("/").pop();

    /* The little of Markdown the document uses: paragraphs, **bold** and `code`. */
    const markdown = (text) => (text || "").split(/\n\n+/).map((paragraph) => {
      const node = el("p");
      for (const piece of paragraph.split(/(`[^`]+`|\*\*[^*]+\*\*)/)) {
        if (piece.startsWith("`") && piece.length > 2) node.append(el("code", {}, piece.slice(1, -1)));
        else if (piece.startsWith("**")) node.append(el("strong", {}, piece.slice(2, -2)));
        else node.append(piece);
      }
      return node;
    });

    const parts = (schema) => {
      const choices = schema.anyOf || schema.oneOf;
      if (!choices) return { schema, nullable: Array.isArray(schema.type) && schema.type.includes("null") };
      return { schema: choices.find((choice) => choice.type !== "null") || {}, nullable: choices.some((choice) => choice.type === "null") };
    };

    const typeOf = (raw) => {
      const { schema, nullable } = parts(raw);
      const named = nameOf(schema);
      const plain = resolve(schema);
      const base = [].concat(plain.type || []).filter((type) => type !== "null").join(" or ");
      let text = named || base || (plain.const !== undefined ? JSON.stringify(plain.const) : "anything");
      if (base === "array" && !named) text = typeOf(plain.items || {}) + "[]";
      if (plain.format) text += ` · ${plain.format}`;
      return nullable ? text + " or null" : text;
    };

    const limits = (raw) => {
      const plain = resolve(parts(raw).schema);
      const found = [];
      const span = (low, high, unit) => {
        if (low !== undefined && high !== undefined) found.push(`${low} … ${high}${unit}`);
        else if (low !== undefined) found.push(`at least ${low}${unit}`);
        else if (high !== undefined) found.push(`at most ${high}${unit}`);
      };
      span(plain.minimum, plain.maximum, "");
      span(plain.minLength, plain.maxLength, " characters");
      span(plain.minItems, plain.maxItems, " items");
      if (plain.enum) found.push(plain.enum.map((value) => JSON.stringify(value)).join(" | "));
      if (raw.default !== undefined) found.push(`default ${JSON.stringify(raw.default)}`);
      return found.join(" · ");
    };

    const sample = (raw, depth = 0) => {
      if (raw.examples?.length) return raw.examples[0];
      const plain = { ...resolve(parts(raw).schema) };
      if (plain.examples?.length) return plain.examples[0];
      if (plain.const !== undefined) return plain.const;
      if (raw.default !== undefined) return raw.default;
      if (plain.enum) return plain.enum[0];
      const type = [].concat(plain.type || []).find((name) => name !== "null");
      if (depth > 6) return null;
      if (type === "object") {
        return Object.fromEntries(Object.entries(plain.properties || {}).map(([name, inner]) => [name, sample(inner, depth + 1)]));
      }
      if (type === "array") return [sample(plain.items || {}, depth + 1)];
      if (type === "integer" || type === "number") return plain.minimum !== undefined ? Math.max(plain.minimum, 1) : 1;
      if (type === "boolean") return true;
      if (type === "string") {
        return { uuid: "0190c7d2-7e1b-7c3a-9d5e-0f1a2b3c4d5e", "date-time": "2026-11-21T10:30:00.000Z", date: "2026-11-21",
          password: "••••••••" }[plain.format] || "text";
      }
      return null;
    };

    const code = (text) => {
      const button = el("button", { type: "button" }, "Copy");
      button.addEventListener("click", () => navigator.clipboard?.writeText(text).then(() => {
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      }));
      return el("div", { class: "code" }, el("pre", { tabindex: "0" }, text), button);
    };

    const row = (name, note, schema, required, about) => el("div", { class: "row" },
      el("div", { class: "name" }, name, required ? el("span", { class: "required", title: "required" }, " *") : null,
        note ? el("small", {}, note) : null),
      el("div", {}, el("div", { class: "type" }, [typeOf(schema), limits(schema)].filter(Boolean).join(" · ")),
        el("div", { class: "about" }, ...markdown(about))),
      nested(schema));

    const nested = (raw, open = false, seen = []) => {
      const { schema } = parts(raw);
      const named = nameOf(schema);
      const plain = resolve(schema);
      if (plain.items) return nested(plain.items, open, seen);
      if (!plain.properties || seen.includes(named)) return null;
      return el("details", { class: "nested", open }, el("summary", {}, `${named || "object"} members`), members(plain, [...seen, named]));
    };

    const members = (plain, seen = []) => el("div", { class: "rows" },
      ...Object.entries(plain.properties || {}).map(([name, schema]) => {
        const node = row(name, "", schema, (plain.required || []).includes(name), schema.description || resolve(schema).description);
        node.querySelector(".nested")?.remove();
        const inner = nested(schema, false, seen);
        if (inner) node.append(inner);
        return node;
      }));

    const curl = (path, method, operation, parameters) => {
      const query = [];
      let address = path;
      const headers = [];
      for (const parameter of parameters) {
        const value = sample(parameter.schema || {});
        const text = encodeURIComponent(Array.isArray(value) ? value[0] : value);
        if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, text);
        if (parameter.in === "query" && parameter.required) query.push(`${parameter.name}=${text}`);
        if (parameter.name === "Idempotency-Key") headers.push("Idempotency-Key: $(uuidgen)");
      }
      if (operation.security?.length) headers.push("Authorization: Bearer $TOKEN");
      const [type, media] = Object.entries(operation.requestBody?.content || {})[0] || [];
      const body = media?.schema;
      if (body) headers.push(`Content-Type: ${type}`);
      const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}'${location.origin}${address}${query.length ? "?" + query.join("&") : ""}'`];
      for (const header of headers) lines.push(`  -H "${header}"`);
      if (body) lines.push(`  -d '${JSON.stringify(sample(body)).replace(/'/g, "'\\''")}'`);
      return lines.join(" \\\n");
    };

    const answers = (operation) => el("div", { class: "rows" }, ...Object.entries(operation.responses || {}).map(([status, raw]) => {
      const response = resolve(raw);
      const [type, media] = Object.entries(response.content || {})[0] || [];
      const examples = Object.entries(media?.examples || {});
      const node = el("div", { class: "row" },
        el("div", { class: `status ${status < 400 ? "good" : "bad"}` }, status, type ? el("small", { class: "muted" }, ` ${type}`) : null),
        el("div", { class: "about" }, ...markdown(response.description)));
      if (status < 400 && media?.schema) {
        const shown = resolve(media.schema).properties?.data || media.schema;
        const inner = nested(shown);
        if (inner) node.append(inner);
        if (type === "application/json") node.append(el("details", { class: "nested" }, el("summary", {}, "Example"),
          code(JSON.stringify(sample(media.schema), null, 2))));
      } else if (examples.length) {
        node.append(el("details", { class: "nested" }, el("summary", {}, examples.length > 1 ? "Examples" : "Example"),
          ...examples.map(([, example]) => code(JSON.stringify(example.value, null, 2)))));
      }
      return node;
    }));

    const operationCard = (path, method, operation) => {
      const parameters = (operation.parameters || []).map(resolve);
      const own = parameters.filter((parameter) => parameter.in !== "header");
      const headers = parameters.filter((parameter) => parameter.in === "header");
      const body = Object.values(operation.requestBody?.content || {})[0]?.schema;
      const table = (title, list) => list.length ? el("div", {}, el("h4", {}, title), el("div", { class: "rows" },
        ...list.map((parameter) => row(parameter.name, parameter.in, parameter.schema || {}, parameter.required, parameter.description)))) : null;
      const pathNode = el("span", { class: "path" });
      for (const piece of path.split(/(\{[^}]+\})/)) pathNode.append(piece.startsWith("{") ? el("i", {}, piece) : piece);
      return el("details", { class: "card", id: operation.operationId, "data-search":
        [path, method, operation.summary, operation.description, ...own.map((parameter) => parameter.name), nameOf(body)].join(" ").toLowerCase() },
        el("summary", {}, el("span", { class: `method ${method}` }, method), pathNode, el("span", { class: "what" }, operation.summary)),
        el("div", { class: "body" },
          operation.description ? el("div", {}, ...markdown(operation.description)) : null,
          el("div", { class: "tags" },
            operation.deprecated ? el("span", { class: "tag warn" }, "deprecated") : null,
            el("span", { class: "tag strong" }, operation.security?.length ? operation["x-permission"] || "signed in" : "public"),
            operation["x-rate-limit"] ? el("span", { class: "tag" }, operation["x-rate-limit"]) : null),
          table("Parameters", own),
          body ? el("div", {}, el("h4", {}, `Body ${nameOf(body)}`), members(resolve(body), [nameOf(body)])) : null,
          el("div", {}, el("h4", {}, "Try it"), code(curl(path, method, operation, parameters))),
          el("div", {}, el("h4", {}, "Answers"), answers(operation)),
          headers.length ? el("details", { class: "nested" }, el("summary", {}, "Headers"), table("", headers)) : null));
    };

    const draw = () => {
      document.getElementById("intro").replaceChildren(
        el("h1", {}, `${spec.info.title} API`), el("p", { class: "muted" }, `Version ${spec.info.version} · ${spec.info.summary || ""}`),
        ...markdown(spec.info.description));
      const nav = document.getElementById("nav");
      const routes = document.getElementById("routes");
      for (const tag of spec.tags || []) {
        const group = el("section", { class: "tag-group" }, el("h2", { class: "group" }, tag.name));
        nav.append(el("h2", {}, tag.name));
        for (const [path, operations] of Object.entries(spec.paths)) {
          for (const [method, operation] of Object.entries(operations)) {
            if (operation.tags?.[0] !== tag.name) continue;
            group.append(operationCard(path, method, operation));
            nav.append(el("a", { href: `#${operation.operationId}`, title: path }, el("span", { class: `method ${method}` }, method),
              el("span", {}, operation.summary)));
          }
        }
        routes.append(group);
      }
      const schemas = document.getElementById("schemas");
      schemas.append(el("h2", { class: "group" }, "Schemas"));
      for (const [name, schema] of Object.entries(spec.components?.schemas || {})) {
        schemas.append(el("details", { class: "card", id: `schema-${name}`, "data-search": `${name} ${Object.keys(schema.properties || {}).join(" ")}`.toLowerCase() },
          el("summary", {}, el("span", { class: "path" }, name), el("span", { class: "what" }, typeOf(schema))),
          el("div", { class: "body" }, el("div", {}, ...markdown(schema.description)),
            schema.properties ? members(schema, [name]) : el("p", { class: "muted" }, limits(schema)),
            el("div", {}, el("h4", {}, "Example"), code(JSON.stringify(sample(schema), null, 2))))));
      }
      follow();
    };

    const follow = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target?.tagName === "DETAILS") target.open = true;
      target?.scrollIntoView();
      for (const link of document.querySelectorAll("nav a")) link.classList.toggle("here", link.hash === location.hash);
    };

    const search = (text) => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const card of document.querySelectorAll("[data-search]")) {
        const matches = words.every((word) => card.dataset.search.includes(word));
        card.hidden = !matches;
        if (matches) shown++;
        const link = document.querySelector(`nav a[href="#${CSS.escape(card.id)}"]`);
        if (link) link.hidden = !matches;
      }
      for (const group of document.querySelectorAll(".tag-group, #schemas")) group.hidden = !group.querySelector("[data-search]:not([hidden])");
      document.getElementById("none").hidden = shown > 0;
      document.getElementById("intro").hidden = words.length > 0;
    };

    const box = document.getElementById("search");
    box.addEventListener("input", () => search(box.value));
    addEventListener("keydown", (event) => {
      if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
      if (event.key === "Escape" && document.activeElement === box) { box.value = ""; search(""); box.blur(); }
    });
    addEventListener("hashchange", follow);

    const root = document.documentElement;
    const remembered = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
    if (remembered) root.dataset.theme = remembered;
    document.getElementById("theme").addEventListener("click", () => {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a private window forgets, that is all */ }
    });

    fetch("/api/v1/openapi.json").then((answer) => {
      if (!answer.ok) throw new Error(`openapi.json: ${answer.status}`);
      return answer.json();
    }).then((document_) => { spec = document_; draw(); }).catch((error) => {
      document.getElementById("intro").replaceChildren(el("h1", {}, "The documentation could not be drawn"), el("p", {}, String(error)));
    });
    """#
}
