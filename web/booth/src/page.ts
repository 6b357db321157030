/** What all pages have in common: head, foot, languages, and where the attention goes when a page changes. */

import { element } from "./dom.js";
import { languages, messagesIn, preferredLanguage, storeLanguage, type Language, type Messages } from "./messages.js";

/** What a page shows. */
export interface View {
  /** The page's heading, which is read out when the view changes. */
  readonly heading: string;
  /** Above the heading, where there is more than one thing to tell apart. */
  readonly over?: string | undefined;
  readonly content: readonly (Node | string | undefined | false)[];
  readonly aside?: Node | undefined;
  /** The line at the foot: as of what, and how to check it. */
  readonly foot?: readonly Node[];
}

/** A page in the language that the reader chose. */
export class Page {
  private language: Language = preferredLanguage();
  private shown: ((messages: Messages) => View) | undefined;

  /** `integrity` is the hash of this program, which the foot shows. */
  constructor(private readonly integrity: string) {}

  get messages(): Messages {
    return messagesIn(this.language);
  }

  /**
   * Shows a view, and anew when the language changes. The heading is focused, so that it is read out; not if the view
   * comes `quietly`.
   */
  show(view: (messages: Messages) => View, quietly = false): void {
    const isFirst = this.shown === undefined;
    this.shown = view;
    this.render();
    if (!isFirst && !quietly) {
      document.querySelector("h1")?.focus();
      scrollTo({ top: 0 });
    }
  }

  /** Shows the same view again, without moving attention. */
  refresh(): void {
    this.render();
  }

  private render(): void {
    if (this.shown === undefined) {
      return;
    }
    const { messages } = this;
    const { heading, over, content, aside, foot } = this.shown(messages);
    document.documentElement.lang = this.language;
    document.title = over === undefined ? heading : `${heading} – ${over}`;
    document.body.replaceChildren(
      element("a", { class: "skip", href: "#content" }, messages.skip),
      element("header", {}, element("p", { class: "name" }, "Mandate"), this.languageChoice()),
      element(
        "main",
        { id: "content" },
        element(
          "div",
          { class: "act" },
          over !== undefined && element("p", { class: "over" }, over),
          element("h1", { tabindex: -1 }, heading),
          ...content,
        ),
        aside,
      ),
      element("footer", {}, ...(foot ?? []), this.program()),
    );
  }

  private languageChoice(): HTMLElement {
    const choose = (language: Language): void => {
      this.language = language;
      storeLanguage(language);
      this.render();
      document.querySelector<HTMLElement>(`nav [lang="${language}"]`)?.focus();
    };
    const buttons = languages.map((language) =>
      element(
        "button",
        {
          type: "button",
          lang: language,
          "aria-pressed": language === this.language ? "true" : "false",
          click: () => choose(language),
        },
        messagesIn(language).language,
      ),
    );
    return element("nav", { "aria-label": this.messages.languages }, ...buttons);
  }

  private program(): HTMLElement {
    return element("p", { class: "program" }, `${this.messages.program} `, element("code", {}, this.integrity));
  }
}
