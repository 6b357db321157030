/** Elements from code: no markup is ever made of text that comes from an election. */

type Child = Node | string | undefined | false;

/** Attributes; a function is a listener for the event of that name. */
type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

/** An element with attributes and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(name, value);
    } else if (value === true) {
      made.setAttribute(name, "");
    } else if (value !== undefined && value !== false) {
      made.setAttribute(name, String(value));
    }
  }
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** A paragraph. */
export function paragraph(text: string, kind?: string): HTMLParagraphElement {
  return element("p", { class: kind }, text);
}

/** A button. */
export function button(text: string, kind: string, press: () => void): HTMLButtonElement {
  return element("button", { type: "button", class: kind, click: press }, text);
}

/** A long number in a box of its own, with its label. */
export function figure(label: string, number: string, kind: string): HTMLElement {
  return element("dl", { class: `figure ${kind}` }, element("dt", {}, label), element("dd", {}, number));
}

/** A command to be typed or copied. */
export function command(text: string): HTMLElement {
  return element("pre", { tabindex: 0 }, element("code", {}, text));
}
